#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "mote/track/new_objects.h"
#include "tests/nn/golden.h"

// The logic of Segment-and-Track needs no network; its fixtures lie beside those of networks.
namespace mote::track {
namespace {

using golden::Fixture;

LabelImage labels_of(const torch::Tensor& stored) {
  const torch::Tensor labels = stored.to(torch::kInt32).contiguous();
  LabelImage image({labels.size(0), labels.size(1)});
  std::copy_n(labels.data_ptr<int32_t>(), labels.numel(), image.data());
  return image;
}

torch::Tensor tensor_of(const LabelImage& labels) {
  return torch::from_blob(const_cast<int32_t*>(labels.data()), {labels.height(), labels.width()},
                          torch::kInt32)
      .clone();
}

NewObjectOptions options_of(const nlohmann::json& entry) {
  return {.min_area_px = entry.at("min_area"),
          .min_new_share = entry.value("min_new_obj_iou", 0.8),
          .max_id = entry.at("max_obj_num")};
}

std::vector<nlohmann::json> cases_with(const Fixture& fixture, const std::string& tensor) {
  std::vector<nlohmann::json> cases;
  for (const auto& entry : fixture.manifest().at("cases")) {
    if (fixture.has(entry.at("tag").get<std::string>() + "." + tensor)) {
      cases.push_back(entry);
    }
  }
  return cases;
}

TEST(SegmentAndTrack, FindsNewObjectsAsIntended) {
  MOTE_OPEN_FIXTURE(fixture, "segtracker-masks");
  const auto cases = cases_with(fixture, "new_intended");
  ASSERT_EQ(cases.size(), 6);

  for (const auto& entry : cases) {
    const std::string tag = entry.at("tag");
    const LabelImage tracked = labels_of(fixture.stored(tag + ".track_mask"));
    const LabelImage added =
        new_objects(tracked, labels_of(fixture.stored(tag + ".seg_mask")),
                    entry.at("start_id_intended").get<int32_t>() - 1, options_of(entry));
    EXPECT_EQ(golden::differing_share(fixture, tag + ".new_intended", tensor_of(added)), 0) << tag;
    EXPECT_EQ(golden::differing_share(fixture, tag + ".merged_intended",
                                      tensor_of(joined_labels(tracked, added))),
              0)
        << tag;
  }
}

TEST(SegmentAndTrack, PaintsTheMasksOfASegmenterAsPublished) {
  MOTE_OPEN_FIXTURE(fixture, "segtracker-masks");
  const auto cases = cases_with(fixture, "masks");
  ASSERT_EQ(cases.size(), 3);

  for (const auto& entry : cases) {
    const std::string tag = entry.at("tag");
    const torch::Tensor stored = fixture.stored(tag + ".masks");
    std::vector<Mask> masks;
    for (int64_t i = 0; i < stored.size(0); ++i) {
      const LabelImage mask = labels_of(stored[i]);
      masks.push_back(mask_where({0, 0, mask.height(), mask.width()},
                                 [&](int64_t y, int64_t x) { return mask(y, x) != 0; }));
    }
    const LabelImage labels =
        painted_masks({stored.size(1), stored.size(2)}, masks, options_of(entry));
    EXPECT_EQ(golden::differing_share(fixture, tag + ".merged", tensor_of(labels)), 0) << tag;
  }
}

}  // namespace
}  // namespace mote::track
