#include "mote/nn/models.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/nn/weights.h"

namespace mote::nn {
namespace {

TEST(Networks, AreMadeByName) {
  for (const std::string& name : network_names()) {
    EXPECT_GT(parameter_count(*make_network(name)), 0) << name;
  }
}

TEST(Networks, HaveTheirPublishedNumbersOfParameters) {
  EXPECT_EQ(parameter_count(*make_network("deaot-t")), 7238188);
  EXPECT_EQ(parameter_count(*make_network("r50-deaot-l")), 19814894);
  EXPECT_EQ(parameter_count(*make_network("efficientsam-tiny")), 10223204);
  EXPECT_EQ(parameter_count(*make_network("efficientsam-small")), 26413028);
  EXPECT_EQ(parameter_count(*make_network("swin-unet")), 27168324);
  EXPECT_EQ(parameter_count(*make_network("vm-unet")), 27427611);
  EXPECT_EQ(parameter_count(*make_network("vm-unet-v2")), 22770934);
  EXPECT_EQ(parameter_count(*make_network("yolov8n-seg")), 3409968);
}

TEST(Networks, OfAnUnknownNameAreRefusedWithTheNamesThatThereAre) {
  try {
    make_network("yolov9");
    FAIL() << "expected an Error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_THAT(error.what(), testing::HasSubstr("yolov8n-seg, "));
  }
}

}  // namespace
}  // namespace mote::nn
