#include "mote/imaging/annotation.h"

namespace mote::imaging {

std::string_view name(AnnotationKind kind) {
  switch (kind) {
    case AnnotationKind::kDataBar: return "data bar";
    case AnnotationKind::kScaleBar: return "scale bar";
  }
  return "";
}

std::vector<Annotation> find_annotations(const Image&) {
  return {};
}

}  // namespace mote::imaging
