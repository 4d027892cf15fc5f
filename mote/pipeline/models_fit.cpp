#include "mote/pipeline/models_fit.h"

#include <algorithm>
#include <filesystem>
#include <limits>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "mote/core/counted.h"
#include "mote/core/error.h"
#include "mote/core/learned_plugin.h"
#include "mote/core/lower.h"
#include "mote/io/checkpoint_wrappers.h"
#include "mote/io/file.h"
#include "mote/io/output_file.h"
#include "mote/io/safetensors.h"
#include "mote/io/weights_file.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/models.h"
#include "mote/pipeline/networks.h"
#include "mote/pipeline/staged_output.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;

size_t differences(const WeightsMismatch& mismatch) {
  return mismatch.missing.size() + mismatch.unexpected.size() + mismatch.misshaped.size();
}

/// `2 tensors missing, 1 unexpected, 0 misshaped`.
std::string counts_of(const WeightsMismatch& mismatch) {
  return fmt::format("{} missing, {} unexpected, {} misshaped",
                     counted(std::ssize(mismatch.missing), "tensor"), mismatch.unexpected.size(),
                     mismatch.misshaped.size());
}

/// The one network that the weights fit, or else the one that differs from them in the fewest
/// tensors, of those that share any.
std::string nearest_model(const Weights& weights, const std::string& file) {
  std::vector<std::string> fitting;
  std::string nearest;
  size_t fewest = std::numeric_limits<size_t>::max();
  for (const std::string& name : learned_plugin().networks()) {
    const WeightsMismatch mismatch = learned_plugin().compare(name, weights);
    const bool shares =
        mismatch.unexpected.size() + mismatch.misshaped.size() < weights.tensors.size();
    if (mismatch.empty()) {
      fitting.push_back(name);
    }
    if (shares && differences(mismatch) < fewest) {
      fewest = differences(mismatch);
      nearest = name;
    }
  }
  if (fitting.size() > 1) {
    throw Error(ErrorKind::kUsage, "{} fits {}: name the network with --model", file,
                fmt::join(fitting, " and "));
  }
  if (nearest.empty()) {
    throw Error(ErrorKind::kBadFile, "{} fits no network of mote: none has any of its tensors",
                file);
  }
  return nearest;
}

WeightsFit fit_of(std::string model, const std::string& file, const io::Unwrapped& read) {
  const bool named = !model.empty();
  if (!named) {
    model = nearest_model(read.weights, file);
  }
  const Model& known = pipeline::model(model);
  WeightsFit fit{.model = model,
                 .named = named,
                 .file = file,
                 .sha256 = sha256_of_file(file),
                 .tensors = static_cast<int64_t>(read.weights.tensors.size()),
                 .taken_off = read.taken_off,
                 .left_aside = read.left_aside,
                 .mismatch = learned_plugin().compare(model, read.weights)};
  fit.published = known.checkpoint && known.checkpoint->sha256 == fit.sha256;
  return fit;
}

/// What files of known endings hold, and how `mote models export` writes it.
struct Ending {
  std::string_view ending;
  std::string_view format;
  std::string_view how;
};

constexpr Ending kEndings[] = {
    {".safetensors", "safetensors", "neither --onnx nor --torchscript"},
    {".onnx", "ONNX", "--onnx"},
    {".pt", "TorchScript", "--torchscript"},
    {".pth", "TorchScript", "--torchscript"},
};

/// Throws kUsage where the file is named as one of another format.
void require_ending(const std::string& file, std::string_view format) {
  const std::string ending = lower(fs::path(file).extension().string());
  for (const Ending& known : kEndings) {
    if (known.ending == ending && known.format != format) {
      throw Error(ErrorKind::kUsage, "{}: {} is not written to a file of that name: give {} for {}",
                  file, format, known.how, known.format);
    }
  }
}

void write(const std::string& path, const Weights& weights, bool force) {
  StagedOutput(path, force).publish([&](const std::string& part) {
    io::write_safetensors(part, weights);
  });
}

/// The imported weights of a network.
Weights weights_of(const std::string& model) {
  const std::string imported = imported_weights(pipeline::model(model).name);
  if (!exists(imported)) {
    throw Error(ErrorKind::kNotFound, "no weights of {} were imported: see mote models show {}",
                model, model);
  }
  return io::read_weights(imported);
}

/// The first of the names, a line each, and how many more there are.
void append_list(std::string& text, std::string_view what, const std::vector<std::string>& names) {
  constexpr size_t kShown = 20;
  for (size_t i = 0; i < std::min(names.size(), kShown); ++i) {
    text += fmt::format("{:<12} {}\n", what, names[i]);
  }
  if (names.size() > kShown) {
    text += fmt::format("{:<12} and {} more; --json lists all\n", what, names.size() - kShown);
  }
}

}  // namespace

WeightsFit verify_weights(const std::string& model, const std::string& file) {
  if (!model.empty()) {
    pipeline::model(model);
  }
  return fit_of(model, file, io::read_state_dict(file));
}

WeightsFit import_weights(const ImportJob& job) {
  if (!job.model.empty()) {
    model(job.model);
  }
  io::Unwrapped read = io::read_state_dict(job.file);
  WeightsFit fit = fit_of(job.model, job.file, read);
  if (!fit.fits()) {
    return fit;
  }
  std::error_code error;
  fs::create_directories(weights_folder(), error);
  if (error) {
    throw Error(ErrorKind::kResource, "{}: cannot be made: {}", weights_folder(), error.message());
  }
  read.weights.metadata["model"] = fit.model;
  read.weights.metadata["imported_from"] = fs::path(job.file).filename().string();
  read.weights.metadata["imported_sha256"] = fit.sha256;
  write(imported_weights(fit.model), read.weights, job.force);
  fit.imported = imported_weights(fit.model);
  return fit;
}

void export_weights(const std::string& model, const std::string& file, bool force) {
  require_ending(file, "safetensors");
  write(file, weights_of(model), force);
}

void export_network(const NetworkExport& what, const std::string& file, bool force) {
  require_ending(file, what.format == NetworkFormat::kOnnx ? "ONNX" : "TorchScript");
  const Weights weights = weights_of(what.network);
  StagedOutput(file, force).publish([&](const std::string& part) {
    const std::string content = learned_plugin().exported(what, weights);
    io::OutputFile out(part);
    out.write(content);
    out.sync_and_close();
  });
}

void throw_misfit(const WeightsFit& fit) {
  throw Error(ErrorKind::kBadFile, "{} {} {}: {}", fit.file,
              fit.named ? "does not fit" : "fits no network of mote; nearest is", fit.model,
              counts_of(fit.mismatch));
}

std::string text_of(const WeightsFit& fit) {
  std::string text =
      fmt::format("file         {}\nsha256       {}{}\nnetwork      {}\n", fit.file, fit.sha256,
                  fit.published ? " (the published file)" : "", fit.model);
  append_list(text, "taken off", fit.taken_off);
  if (!fit.left_aside.empty()) {
    text += fmt::format("left aside   {} of the training: {}{}\n",
                        counted(std::ssize(fit.left_aside), "tensor"), fit.left_aside.front(),
                        fit.left_aside.size() > 1 ? ", ..." : "");
  }
  append_list(text, "missing", fit.mismatch.missing);
  append_list(text, "unexpected", fit.mismatch.unexpected);
  append_list(text, "misshaped", fit.mismatch.misshaped);
  if (fit.fits()) {
    text += fmt::format("fits         all {}\n", counted(fit.tensors, "tensor"));
  }
  if (!fit.imported.empty()) {
    text += fmt::format("imported     {}\n", fit.imported);
  }
  return text;
}

nlohmann::ordered_json json_of(const WeightsFit& fit) {
  nlohmann::ordered_json json = {{"model", fit.model},
                                 {"file", fit.file},
                                 {"sha256", fit.sha256},
                                 {"published", fit.published},
                                 {"fits", fit.fits()},
                                 {"tensors", fit.tensors},
                                 {"taken_off", fit.taken_off},
                                 {"left_aside", fit.left_aside},
                                 {"missing", fit.mismatch.missing},
                                 {"unexpected", fit.mismatch.unexpected},
                                 {"misshaped", fit.mismatch.misshaped}};
  if (!fit.imported.empty()) {
    json["imported"] = fit.imported;
  }
  return json;
}

}  // namespace mote::pipeline
