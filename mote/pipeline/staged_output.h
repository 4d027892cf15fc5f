#pragma once

#include <string>
#include <vector>

namespace mote::pipeline {

/// A file or folder that is made beside its place, under a hidden name, and moved there once it is
/// whole; what is left of it otherwise goes.
class StagedOutput {
 public:
  /// A folder is overwritten where it holds no other names than those of `patterns`, such as
  /// `mask*.tif`: what an earlier output of the kind left there.
  /// Throws kUsage where `output` is there and `force` is not given, or it is a folder with
  /// anything else in it; kNotFound where the folder that it is to lie in is not there; kResource
  /// where a folder cannot be looked into.
  StagedOutput(std::string output, bool force, const std::vector<std::string>& patterns = {});
  ~StagedOutput();
  StagedOutput(const StagedOutput&) = delete;
  StagedOutput& operator=(const StagedOutput&) = delete;

  /// Where to write.
  const std::string& path() const { return path_; }

  /// Makes `path` a folder. Throws kResource.
  void make_folder() const;

  /// Moves it to its place, over what was there, which stays where that fails. Throws kResource.
  void publish() const;

 private:
  std::string output_;
  std::string path_;
};

}  // namespace mote::pipeline
