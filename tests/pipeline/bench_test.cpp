#include "mote/pipeline/bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/pipeline/onnxruntime.h"

namespace mote::pipeline {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

MachineFigures machine() {
  return {.processor = "Some processor",
          .processors = 2,
          .matrix_rate = {.float32 = 100e9, .bfloat16 = 400e9}};
}

NetworkFigures figures() {
  return {.network = "swin-unet",
          .step = "image",
          .parameters = 27'168'324,
          .size = {.height = 250, .width = 1000},
          .multiply_adds = 20e9,
          .forms = {
              {.form = "plain", .seconds = 2, .processor_s = 3.5, .peak_mb = 200},
              {.form = "bf16", .seconds = 0.25, .processor_s = 0.5, .peak_mb = 100, .error = 0.004},
              {.form = "onnxruntime",
               .seconds = 0.5,
               .processor_s = 1,
               .peak_mb = 150,
               .error = 2e-6}}};
}

TEST(Bench, BeginsWithTheMachine) {
  EXPECT_THAT(bench_header(machine()),
              HasSubstr("Some processor on 2 processors; matrix products: 100 billion "
                        "multiply-adds/s in float32, 400 in bf16\n"));
}

TEST(Bench, LeavesOutARateThatTheMachineDoesNotHave) {
  MachineFigures old = machine();
  old.matrix_rate.bfloat16 = 0;

  EXPECT_THAT(bench_header(old), Not(HasSubstr("bf16")));
}

TEST(Bench, TellsANetworkInARowForEachForm) {
  EXPECT_EQ(
      bench_rows(figures(), machine()),
      "swin-unet, image at 1000 x 250 px: 27,168,324 parameters, 20.0 billion multiply-adds\n"
      "  plain            2000     3500      0.50     0.12      200    10 %         -     1.00x"
      "           0.25x\n"
      "  bf16              250      500      4.00     1.00      100    20 %   4.0e-03     8.00x"
      "           2.00x\n"
      "  onnxruntime       500     1000      2.00     0.50      150    40 %   2.0e-06     4.00x"
      "           1.00x\n");
}

TEST(Bench, ComparesWithOnnxruntimeOnlyWhereItRan) {
  NetworkFigures alone = figures();
  alone.forms.pop_back();

  EXPECT_THAT(bench_rows(alone, machine()), EndsWith("8.00x               -\n"));
  EXPECT_FALSE(bench_json(alone, machine())["forms"][1].contains("speedup_over_onnxruntime"));
}

TEST(Bench, TellsProgramsTheSame) {
  const auto json = bench_json(figures(), machine());

  EXPECT_EQ(json["width_px"], 1000);
  EXPECT_EQ(json["forms"][1]["form"], "bf16");
  EXPECT_EQ(json["forms"][1]["pixels_per_s"], 1e6);
  EXPECT_EQ(json["forms"][1]["share_of_matrix_rate"], 0.2);
  EXPECT_EQ(json["forms"][1]["speedup_over_onnxruntime"], 2);
}

TEST(Bench, NeedsTheFolderOfTheRunner) {
  try {
    onnxruntime_in("/no/such/folder", 2);
    ADD_FAILURE() << "was found";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
    EXPECT_THAT(error.what(), HasSubstr("/no/such/folder/serve.mjs"));
  }
}

}  // namespace
}  // namespace mote::pipeline
