#include "mote/pipeline/networks.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/pipeline/file.h"
#include "tests/temporary_folder.h"

namespace mote::pipeline {
namespace {

Job job_of(const std::string& weights) {
  Job job;
  job.command = Command::kTrack;
  job.network.model = "unet";
  job.network.weights = weights;
  return job;
}

TEST(WeightsIdentity, NamesTheFileOfEachNetworkWithItsHash) {
  const testing_support::TemporaryFolder folder;
  const std::string file = folder / "weights";
  write_file(file, "abc");
  Job job = job_of(file);
  job.tracker = "deaot";
  job.deaot.weights = file;

  const nlohmann::ordered_json identity = weights_identity(job);

  const nlohmann::ordered_json expected = {
      {"file", file},
      {"sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}};
  EXPECT_EQ(identity.size(), 2U);
  EXPECT_EQ(identity.at("unet"), expected);
  EXPECT_EQ(identity.at("deaot-t"), expected);
}

TEST(WeightsIdentity, IsEmptyForRandomWeightsAndWithoutANetwork) {
  EXPECT_TRUE(weights_identity(job_of("random")).empty());
  EXPECT_TRUE(weights_identity(Job{}).empty());
}

TEST(WeightsIdentity, RefusesAFileThatIsNotThere) {
  try {
    weights_identity(job_of("/nowhere/weights.pt"));
    FAIL() << "expected an Error";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kNotFound);
  }
}

}  // namespace
}  // namespace mote::pipeline
