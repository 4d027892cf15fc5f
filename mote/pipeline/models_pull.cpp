#include "mote/pipeline/models_pull.h"

#include <filesystem>

#include "mote/core/error.h"
#include "mote/core/lower.h"
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
    const std::string sha256 = lower(job.sha256);
    if (!is_sha256(sha256)) {
      throw Error(ErrorKind::kUsage,
                  "--url needs --sha256, 64 hexadecimal digits: mote takes no file that it cannot "
                  "check");
    }
    if (!job.url.starts_with("https://") && !job.url.starts_with("http://")) {
      throw Error(ErrorKind::kUsage,
                  "url is {}, expected https://... or http://...; mote models import takes a file "
                  "that is here",
                  job.url);
    }
    return {.url = job.url, .sha256 = sha256};
  }
  if (!known.checkpoint) {
    throw Error(ErrorKind::kUnsupported,
                "mote knows no file of {} that it could fetch and check: {}", known.name,
                known.weights);
  }
  return *known.checkpoint;
}

/// Imports what was fetched from `url`, and removes it: what does not fit today never will. Where
/// the disk is full it is kept, to be imported once there is room.
WeightsFit imported_from(const std::string& url, const ImportJob& job) {
  try {
    WeightsFit fit = import_weights(job);
    fs::remove(job.file);
    fit.file = url;
    return fit;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kResource) {
      throw;
    }
    fs::remove(job.file);
    throw error.in(fmt::format("what {} hands out was removed", url));
  }
}

}  // namespace

WeightsFit pull_weights(const PullJob& job, const JobContext& context) {
  const Checkpoint checkpoint = checkpoint_of(job);
  require_free(imported_weights(job.model), job.force);
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
  return imported_from(checkpoint.url, {.file = file, .model = job.model, .force = job.force});
}

}  // namespace mote::pipeline
