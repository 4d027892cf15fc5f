#pragma once

#include <string>
#include <utility>
#include <vector>

#include "mote/pipeline/jobs.h"
#include "mote/pipeline/recording.h"
#include "mote/pipeline/sink.h"

namespace mote::pipeline {

/// What took effect in a run, in the order in which a frame meets it: (name, value with its unit).
/// Where an option leaves the choice to the data, this is what was chosen.
std::vector<std::pair<std::string, std::string>> effective_settings(const Job& job,
                                                                    const Recording& recording,
                                                                    const RunSummary& summary);

/// The same as a paragraph for the methods section of a paper.
std::string methods_paragraph(const Job& job, const Recording& recording,
                              const RunSummary& summary);

}  // namespace mote::pipeline
