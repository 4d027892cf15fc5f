#pragma once

#include <memory>
#include <string>
#include <vector>

#include <torch/types.h>

#include "mote/core/learned_plugin.h"
#include "mote/core/weights.h"
#include "mote/segment/network_options.h"
#include "mote/segment/segmenter.h"
#include "mote/segment/threshold.h"
#include "mote/track/deaot_options.h"
#include "mote/track/tracker.h"

namespace mote::learned {

// What the plug-in offers (core/learned_plugin.h says what each throws).

NetworkSpec spec(const std::string& network);
WeightsMismatch compare(const std::string& network, const Weights& weights);
std::unique_ptr<segment::Segmenter> make_segmenter(const segment::NetworkOptions& options,
                                                   const segment::ThresholdOptions& found,
                                                   const Weights* weights);
std::unique_ptr<track::Tracker> make_tracker(const track::DeaotOptions& options,
                                             const segment::ThresholdOptions& found, Size field,
                                             const Weights* weights);

// The same on a device that libtorch knows, whatever `options.device` says.

std::unique_ptr<segment::Segmenter> make_segmenter_on(torch::Device device,
                                                      const segment::NetworkOptions& options,
                                                      const segment::ThresholdOptions& found,
                                                      const Weights* weights);
std::unique_ptr<track::Tracker> make_tracker_on(torch::Device device,
                                                const track::DeaotOptions& options,
                                                const segment::ThresholdOptions& found, Size field,
                                                const Weights* weights);

}  // namespace mote::learned
