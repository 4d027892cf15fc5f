#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "mote/core/network_export.h"
#include "mote/core/weights.h"

namespace mote::pipeline {

/// A file of weights beside a network.
struct WeightsFit {
  std::string model;
  bool named =
      true;          ///< the caller named the network; else it is the one that fits, or the nearest
  std::string file;  ///< or the address that it was fetched from
  std::string sha256;                   ///< of the file
  bool published = false;               ///< the file is the published one that the registry names
  int64_t tensors = 0;                  ///< of the file, without wrappers
  std::vector<std::string> taken_off;   ///< before every name: `model/`, `module.`
  std::vector<std::string> left_aside;  ///< tensors beside the state dict, an optimiser's mostly
  WeightsMismatch mismatch;
  std::string imported;  ///< where the weights lie now; empty where they were compared only

  bool fits() const { return mismatch.empty(); }
};

/// How the weights in `file` fit the network `model`; where that is empty, the network that they
/// fit, or that lacks the fewest of them.
/// Throws as io::read_weights; kUsage for an unknown network, or where the file fits several;
/// kBadFile where no network has any of its tensors; kUnsupported where mote was built without
/// networks.
WeightsFit verify_weights(const std::string& model, const std::string& file);

struct ImportJob {
  std::string file;
  std::string model;   ///< empty: the one that the file fits
  bool force = false;  ///< write over weights that were imported before
};

/// What `verify_weights` says; where the file fits, its weights become those of the network, as
/// safetensors in `weights_folder()`.
/// Throws as verify_weights, and kUsage where there are weights and `force` is not given; kResource
/// where they cannot be written.
WeightsFit import_weights(const ImportJob& job);

/// Writes the imported weights of a network to `file` as safetensors.
/// Throws kNotFound where none were imported, kUsage where `file` is there and `force` is not
/// given or where it is named as one of another format, kResource.
void export_weights(const std::string& model, const std::string& file, bool force);

/// Writes a network with its imported weights to `file` for other programs.
/// Throws as export_weights, and as LearnedPlugin::exported.
void export_network(const NetworkExport& what, const std::string& file, bool force);

/// The error that tells that they do not fit: kBadFile, in one line.
/// What does not fit is listed by `text_of`.
[[noreturn]] void throw_misfit(const WeightsFit& fit);

std::string text_of(const WeightsFit& fit);
nlohmann::ordered_json json_of(const WeightsFit& fit);

}  // namespace mote::pipeline
