#pragma once

#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "mote/core/learned_plugin.h"
#include "mote/core/weights.h"
#include "mote/pipeline/jobs.h"
#include "mote/pipeline/timing.h"
#include "mote/segment/segmenter.h"
#include "mote/track/tracker.h"

namespace mote::pipeline {

/// The plug-in of the networks, loaded when first asked for.
/// Throws kUnsupported where mote was built without it, or it cannot be loaded.
const LearnedPlugin& learned_plugin();

/// The segmenter that a job asks for: the classical one, or a network with its weights.
/// Throws kUsage on options out of range, kNotFound where there are no weights, kBadFile where they
/// do not fit the network, kUnsupported where the device is not there.
std::unique_ptr<segment::Segmenter> make_segmenter(const Job& job);

/// The tracker that a job asks for, over frames of `field`; `scale` is the clock of its times.
/// Throws likewise.
std::unique_ptr<track::Tracker> make_tracker(const Job& job, const TimeScale& scale, Size field);

/// The files that the job's networks take their weights from, with their SHA-256, by the network's
/// name; no entry for random weights. Throws as make_segmenter where there are none.
nlohmann::ordered_json weights_identity(const Job& job);

}  // namespace mote::pipeline
