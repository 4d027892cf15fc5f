#include "mote/nn/models.h"

#include <map>
#include <string>

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

TEST(Networks, HaveAsManyClassesAsTheWeightsThatTheyAreSizedBy) {
  for (const auto& [name, last_layer] :
       std::map<std::string, std::string>{{"unet", "head.weight"},
                                          {"swin-unet", "swin_unet.output.weight"},
                                          {"vm-unet", "vmunet.final_conv.weight"},
                                          {"yolov8n-seg", "model.22.cv3.0.2.weight"}}) {
    const Weights weights{.tensors = {{.name = last_layer, .shape = {5, 1}, .bytes = {}}},
                          .metadata = {},
                          .storage = {}};

    const auto network = make_network(name, &weights);

    EXPECT_EQ(network->named_parameters()[last_layer].size(0), 5) << name;
  }
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
