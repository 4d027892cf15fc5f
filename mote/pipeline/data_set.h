#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mote/core/error.h"
#include "mote/core/grid.h"
#include "mote/core/image.h"
#include "mote/data/layout.h"

namespace mote::pipeline {

/// The images of a data set, by data::items_of over all files of a folder and those within it, in
/// natural order: training images first, then validation, test and others. Hidden files and folders
/// are left out, links followed but for those to a folder that they lie in.
/// Throws kNotFound where there is no such folder or no image in it, kUsage where it is a file.
std::vector<data::Item> data_set_items(const std::string& folder);

/// An image as it is compared with others.
struct DataSetImage {
  Image image;
  BinaryImage excluded;  ///< burned-in bars; empty where there are none
  int64_t frames = 1;    ///< that the file holds; the first is taken
};

/// Throws as io::open_frames, the path in front.
DataSetImage read_data_set_image(const std::string& path);

/// Its size, from the header alone. Throws likewise.
Size data_set_image_size(const std::string& path);

}  // namespace mote::pipeline
