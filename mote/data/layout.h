#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mote::data {

/// One image of a data set; paths are relative to the set's folder.
struct Item {
  std::string image;
  std::string label;  ///< empty where there is none
  std::string split;  ///< `train`, `val`, `test`, or empty where no folder names one

  bool operator==(const Item&) const = default;
};

/// Which files of a data set are images, and what belongs to each, from their names alone.
///
/// - The split is that of the first folder on the way that is named train, training, val, valid,
///   validation, dev, test or testing.
/// - A label lies in a folder named label(s), mask(s), annotation(s), gt, ground_truth or seg, or
///   has `label`, `mask`, `gt` or `seg` as a word of its name, or is a .txt, .json or .xml.
/// - A label belongs to the image of the same split whose name, without such words and without
///   `image` and `img`, is the same: `images/image_3.png` and `labels/label_3.png`.
///
/// `files` are paths with `/`, in the order that the items are to have. Case counts in none of the
/// words.
std::vector<Item> items_of(const std::vector<std::string>& files);

}  // namespace mote::data
