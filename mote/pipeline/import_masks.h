#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "mote/pipeline/import_source.h"
#include "mote/pipeline/progress.h"

namespace mote::pipeline {

/// Masks by frame, each with the number that it is to have in a label image.
using NumberedMasks = std::map<int64_t, std::vector<std::pair<int32_t, Mask>>>;

/// The node of a mask: its centroid and the radius of its area.
TrackNode node_of(const Mask& mask, int64_t frame, int32_t number);

/// Adds a node for every label of the images of `frames`, and links those of a track where numbers
/// are those of tracks. Throws Cancelled.
void add_nodes_of_labels(ImportedTracks& tracks, const std::vector<int64_t>& frames,
                         const JobContext& context);

/// Writes as many label images as `like` has frames, with its calibration.
/// Throws kResource, Cancelled, and as reading them does.
void write_label_images(const ImportedTracks& tracks, const TrackGraph& like,
                        const std::string& path, const JobContext& context);

/// Readers behind `read_tracks`. The messages of what they throw do not repeat the path; that of a
/// folder names the file in it.
ImportedTracks read_ctc_folder(const std::string& folder, const JobContext& context);
ImportedTracks read_coco_masks(const std::string& path, const JobContext& context);
ImportedTracks read_mots_text(const std::string& path, const JobContext& context);
ImportedTracks read_imagej_rois(const std::string& path, Size size, const JobContext& context);
ImportedTracks read_label_images(const std::string& path, const JobContext& context);

}  // namespace mote::pipeline
