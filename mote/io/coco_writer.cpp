#include "mote/io/coco_writer.h"

#include <nlohmann/json.hpp>

#include "mote/io/coco_runs.h"

namespace mote::io {
namespace {

using Json = nlohmann::ordered_json;

/// Names of files need not be UTF-8, which JSON must be.
std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string coco_annotation(int64_t id, const CocoInstance& instance) {
  const Box box = instance.mask.bounds();
  const Size size = instance.size;
  return text_of(
      {{"id", id},
       {"image_id", instance.image_id},
       {"track_id", instance.track_id},
       {"category_id", instance.category_id},
       {"iscrowd", 0},
       {"area", instance.mask.area_px()},
       {"bbox", {box.x, box.y, box.width, box.height}},
       {"segmentation",
        {{"size", {size.height, size.width}}, {"counts", coco_counts(instance.mask, size)}}}});
}

CocoWriter::CocoWriter(const std::string& path, const std::vector<CocoImage>& images,
                       const std::vector<std::string>& categories)
    : file_(path), images_(images) {
  Json list = Json::array();
  for (size_t i = 0; i < categories.size(); ++i) {
    list.push_back({{"id", i + 1}, {"name", categories[i]}});
  }
  file_.write("{\"categories\":" + text_of(list) + ",\n\"annotations\":[");
}

void CocoWriter::write(const CocoInstance& instance) {
  file_.write(annotations_ == 0 ? "\n" : ",\n");
  file_.write(coco_annotation(++annotations_, instance));
}

void CocoWriter::close() {
  file_.write("],\n\"images\":[");
  for (size_t i = 0; i < images_.size(); ++i) {
    file_.write(i == 0 ? "\n" : ",\n");
    file_.write(text_of({{"id", images_[i].id},
                         {"height", images_[i].size.height},
                         {"width", images_[i].size.width},
                         {"file_name", images_[i].file_name}}));
  }
  file_.write("]}\n");
  file_.sync_and_close();
}

}  // namespace mote::io
