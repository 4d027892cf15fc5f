#include "mote/pipeline/models.h"

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mote/core/error.h"
#include "mote/core/learned_plugin.h"
#include "mote/io/safetensors.h"
#include "mote/io/weights_file.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/models_fit.h"
#include "mote/pipeline/models_pull.h"
#include "mote/pipeline/models_text.h"
#include "tests/file_size_limit.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::ThrowsMessage;

const LearnedPlugin& plugin() {
  return static_cast<const LearnedPlugin&>(load_plugin("mote_learned"));
}

/// A folder that imported weights go to, for the time of a test.
class WeightsFolder : public testing::Test {
 protected:
  void SetUp() override { setenv("MOTE_WEIGHTS_DIR", (folder_ / "weights").c_str(), 1); }
  void TearDown() override { unsetenv("MOTE_WEIGHTS_DIR"); }

  /// Writes weights of half precision that fit yolov8n-seg, each name with `before` in front.
  std::string write_fitting(const std::string& before = "") {
    static const std::string numbers(8 << 20, '\0');
    Weights weights;
    for (const TensorSpec& tensor : plugin().spec("yolov8n-seg").tensors) {
      weights.tensors.push_back(
          {.name = before + tensor.name,
           .type = ScalarType::kFloat16,
           .shape = tensor.shape,
           .bytes = std::as_bytes(std::span(numbers))
                        .first(static_cast<size_t>(2 * scalar_count(tensor.shape)))});
    }
    io::write_safetensors(folder_ / "file.safetensors", weights);
    return folder_ / "file.safetensors";
  }

  /// Those of yolov8n-seg, but for a tensor of another name and one of another shape.
  std::string write_misfit() {
    Weights weights = io::read_weights(write_fitting());
    weights.tensors[0].name = "other";
    weights.tensors[1].shape = {1, weights.tensors[1].shape[0]};
    io::write_safetensors(folder_ / "other.safetensors", weights);
    return folder_ / "other.safetensors";
  }

  testing_support::TemporaryFolder folder_;
};

TEST(Models, SayForEachWhatItIsAndWhereItsWeightsAre) {
  std::set<std::string> names;

  for (const Model& one : models()) {
    EXPECT_TRUE(names.insert(one.name).second) << one.name;
    EXPECT_THAT((std::set<std::string>{"segment", "prompt", "track"}), testing::Contains(one.task));
    EXPECT_NE(one.title, "") << one.name;
    EXPECT_NE(one.paper, "") << one.name;
    EXPECT_NE(one.weights, "") << one.name;
    EXPECT_GT(one.channels, 0) << one.name;
    EXPECT_NE(one.input_px.has_value(), one.input != "") << one.name;
    EXPECT_EQ(one.finds == "", one.task == "track") << one.name;
    EXPECT_EQ(one.mean.size(), one.std.size()) << one.name;
  }
}

TEST(Models, HaveAFileToFetchOnlyWithItsHash) {
  for (const Model& one : models()) {
    if (one.checkpoint) {
      EXPECT_THAT(one.checkpoint->url, testing::StartsWith("https://")) << one.name;
      EXPECT_THAT(one.checkpoint->sha256, SizeIs(64)) << one.name;
      EXPECT_GT(one.checkpoint->bytes, 0) << one.name;
    }
  }
}

TEST(Models, NameEveryNetworkOfThePlugIn) {
  for (const std::string& name : plugin().networks()) {
    EXPECT_NO_THROW(model(name)) << name;
  }
}

TEST(Models, CountTheParametersOfThePapersFromTheNetworks) {
  // ../shared/golden/README.md; the paper's own totals for two of them are wrong.
  const std::map<std::string, int64_t> expected = {{"efficientsam-tiny", 10'223'204},
                                                   {"efficientsam-small", 26'413'028},
                                                   {"yolov8n-seg", 3'409'968},
                                                   {"swin-unet", 27'168'324},
                                                   {"vm-unet", 27'427'611},
                                                   {"vm-unet-v2", 22'770'934},
                                                   {"deaot-t", 7'238'188},
                                                   {"r50-deaot-l", 19'814'894}};

  for (const std::string& name : plugin().networks()) {
    if (const auto known = expected.find(name); known != expected.end()) {
      EXPECT_EQ(state_of(model(name)).parameters, known->second) << name;
    }
  }
}

TEST(Models, AreTakenForWhatTheyDo) {
  EXPECT_EQ(finding_model("unet").name, "unet");
  EXPECT_EQ(tracking_model("deaot-t").name, "deaot-t");
  EXPECT_THAT([] { finding_model("deaot-t"); },
              ThrowsMessage<Error>(HasSubstr("it takes --tracker deaot --tracker-model deaot-t")));
  EXPECT_THAT([] { finding_model("nosuch"); },
              ThrowsMessage<Error>(testing::AllOf(
                  HasSubstr("no network is called 'nosuch', expected one of threshold, "),
                  Not(HasSubstr("deaot")))));
  EXPECT_THAT([] { tracking_model("unet"); },
              ThrowsMessage<Error>("tracker-model is unet, expected one of deaot-t, r50-deaot-l"));
}

TEST(Models, SayWhatTheyTake) {
  EXPECT_THAT(text_of(state_of(model("yolov8n-seg"))), HasSubstr("normalisation  none"));
  EXPECT_THAT(text_of(state_of(model("efficientsam-tiny"))),
              HasSubstr("mean 0.485, 0.456, 0.406, standard deviation"));
  EXPECT_THAT(text_of(state_of(model("unet"))),
              HasSubstr("input          sides of multiples of 16 px"));
}

TEST(Models, TellOfTheLicenceOfYolo) {
  EXPECT_THAT(text_of(state_of(model("yolov8n-seg"))), HasSubstr("AGPL-3.0"));
}

TEST_F(WeightsFolder, TakesWeightsWithoutTheirWrappersAndGivesThemBack) {
  const WeightsFit fit =
      import_weights({.file = write_fitting("model/module."), .model = "yolov8n-seg"});
  export_weights("yolov8n-seg", folder_ / "out.safetensors", false);

  ASSERT_TRUE(fit.fits());
  EXPECT_THAT(fit.taken_off, ElementsAre("model/", "module."));
  const Weights exported = io::read_weights(folder_ / "out.safetensors");
  EXPECT_THAT(exported.tensors, SizeIs(static_cast<size_t>(fit.tensors)));
  EXPECT_EQ(exported.tensors.front().type, ScalarType::kFloat16);
  EXPECT_EQ(exported.metadata.at("imported_sha256"), fit.sha256);
  EXPECT_TRUE(verify_weights("yolov8n-seg", folder_ / "out.safetensors").fits());
}

TEST_F(WeightsFolder, FindsTheNetworkThatAFileFits) {
  EXPECT_EQ(verify_weights("", write_fitting()).model, "yolov8n-seg");
}

TEST_F(WeightsFolder, ListsWhatDoesNotFitAndTakesNothing) {
  const std::string file = write_misfit();

  const WeightsFit fit = import_weights({.file = file, .model = "yolov8n-seg"});

  EXPECT_THAT(fit.mismatch.missing, SizeIs(1));
  EXPECT_THAT(fit.mismatch.unexpected, ElementsAre("other"));
  EXPECT_THAT(fit.mismatch.misshaped, SizeIs(1));
  EXPECT_FALSE(std::filesystem::exists(imported_weights("yolov8n-seg")));
}

TEST_F(WeightsFolder, NamesTheNearestNetworkWhereAFileFitsNone) {
  const std::string file = write_misfit();

  const WeightsFit fit = import_weights({.file = file});

  EXPECT_EQ(fit.model, "yolov8n-seg");
  EXPECT_THAT(
      [&] { throw_misfit(fit); },
      ThrowsMessage<Error>(file + " fits no network of mote; nearest is yolov8n-seg: 1 tensor "
                                  "missing, 1 unexpected, 1 misshaped"));
}

TEST_F(WeightsFolder, NamesNoNetworkThatSharesNothingWithAFile) {
  const std::string file = folder_ / "empty.safetensors";
  io::write_safetensors(file, {});

  EXPECT_THAT([&] { import_weights({.file = file}); },
              ThrowsMessage<Error>(HasSubstr("none has any of its tensors")));
}

TEST_F(WeightsFolder, SaysWhereTheWeightsLie) {
  const std::string file = write_fitting();

  EXPECT_THAT(text_of(verify_weights("yolov8n-seg", file)), Not(HasSubstr("imported")));
  EXPECT_THAT(text_of(import_weights({.file = file})),
              HasSubstr("imported     " + imported_weights("yolov8n-seg") + "\n"));
}

TEST_F(WeightsFolder, AreExportedWholeOrNotAtAll) {
  import_weights({.file = write_fitting()});
  std::filesystem::create_directory(folder_ / "out");
  const auto export_as = [&](NetworkFormat format, const std::string& name) {
    return [this, format, name] {
      export_network({.network = "yolov8n-seg", .format = format, .input_px = 64},
                     folder_ / ("out/" + name), true);
    };
  };
  const std::string no_room = ": cannot be written: File too large";
  write_file(folder_ / "out/y.onnx", "old");
  const testing_support::FileSizeLimit limit(100'000);

  EXPECT_THAT(export_as(NetworkFormat::kOnnx, "y.onnx"),
              ThrowsMessage<Error>(folder_ / "out/y.onnx" + no_room));
  EXPECT_THAT(export_as(NetworkFormat::kTorchScript, "y.pt"),
              ThrowsMessage<Error>(folder_ / "out/y.pt" + no_room));
  EXPECT_THAT([&] { export_weights("yolov8n-seg", folder_ / "out/y.safetensors", false); },
              ThrowsMessage<Error>(folder_ / "out/y.safetensors" + no_room));
  EXPECT_EQ(read_file(folder_ / "out/y.onnx"), "old");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_ / "out"), {}), 1);
}

TEST_F(WeightsFolder, AreImportedWholeOrNotAtAll) {
  const std::string file = write_fitting();
  const testing_support::FileSizeLimit limit(100'000);

  EXPECT_THAT([&] { import_weights({.file = file}); },
              ThrowsMessage<Error>(imported_weights("yolov8n-seg") +
                                   ": cannot be written: File too large"));
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "weights"));
}

TEST_F(WeightsFolder, AreWrittenOverOnlyWhenTold) {
  const std::string file = write_fitting();
  import_weights({.file = file, .model = "yolov8n-seg"});

  EXPECT_THROW(import_weights({.file = file, .model = "yolov8n-seg"}), Error);
  EXPECT_NO_THROW(import_weights({.file = file, .model = "yolov8n-seg", .force = true}));
  EXPECT_THROW(
      pull_weights(
          {.model = "yolov8n-seg", .url = "https://localhost/x", .sha256 = std::string(64, '0')}),
      Error);
}

}  // namespace
}  // namespace mote::pipeline
