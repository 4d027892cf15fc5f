#include "mote/pipeline/models_pull.h"

#include <filesystem>

#include "mote/core/error.h"
#include "mote/pipeline/download.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/models.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;

bool is_sha256(const std::string& text) {
  constexpr size_t kDigits = 64;
  return text.size() == kDigits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Checkpoint checkpoint_of(const PullJob& job) {
  const Model& known = model(job.model);
  if (!job.url.empty()) {
    if (!is_sha256(job.sha256)) {
      throw Error(ErrorKind::kUsage,
                  "--url needs --sha256, 64 hexadecimal digits in lower case: mote takes no file "
                  "that it cannot check");
    }
    if (!job.url.starts_with("https://") && !job.url.starts_with("http://")) {
      throw Error(ErrorKind::kUsage, "url is {}, expected https://...", job.url);
    }
    return {.url = job.url, .sha256 = job.sha256};
  }
  if (!known.checkpoint) {
    throw Error(ErrorKind::kUnsupported,
                "mote knows no file of {} that it could fetch and check: {}", known.name,
                known.weights);
  }
  return *known.checkpoint;
}

}  // namespace

WeightsFit pull_weights(const PullJob& job, const JobContext& context) {
  const Checkpoint checkpoint = checkpoint_of(job);
  if (!job.force && exists(imported_weights(job.model))) {
    throw Error(ErrorKind::kUsage, "{} exists; --force fetches it anew",
                imported_weights(job.model));
  }
  const std::string folder = weights_folder() + "/fetched";
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    throw Error(ErrorKind::kResource, "{}: cannot be made: {}", folder, error.message());
  }
  // By its hash: what is kept of another file is never gone on with.
  const std::string file = folder + "/" + job.model + "-" + checkpoint.sha256.substr(0, 16);
  if (!exists(file)) {
    download({.url = checkpoint.url,
              .sha256 = checkpoint.sha256,
              .bytes = checkpoint.bytes,
              .file = file},
             context);
  }
  const WeightsFit fit = import_weights({.file = file, .model = job.model, .force = job.force});
  if (fit.fits()) {
    fs::remove(file);
  }
  return fit;
}

}  // namespace mote::pipeline
