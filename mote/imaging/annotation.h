#pragma once

#include <string_view>
#include <vector>

#include "mote/core/image.h"

namespace mote::imaging {

enum class AnnotationKind {
  kDataBar,   ///< a strip along the upper or lower border that carries text instead of specimen
  kScaleBar,  ///< a bar of one grey level within the picture, with the text beside it
};

/// `data bar`, `scale bar`.
std::string_view name(AnnotationKind kind);

/// Something that the microscope's software drew into the picture.
struct Annotation {
  AnnotationKind kind = AnnotationKind::kDataBar;
  Box box;

  bool operator==(const Annotation&) const = default;
};

/// Finds burned-in data bars and scale bars, in reading order. Cautious: what is not clearly drawn
/// is specimen.
std::vector<Annotation> find_annotations(const Image& image);

}  // namespace mote::imaging
