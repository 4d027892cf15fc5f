#pragma once

#include <functional>
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

  /// Makes the file or folder at the path that it is given.
  using Write = std::function<void(const std::string& path)>;

  /// Has it made and moves it to its place, over what was there, which stays where that fails.
  /// Throws what `write` throws, and kResource; both name `output`, not where it is made.
  void publish(const Write& write) const;

  /// Likewise of a folder, which `write` finds there, empty.
  void publish_folder(const Write& write) const;

 private:
  void move_to_place() const;

  std::string output_;
  std::string path_;
};

}  // namespace mote::pipeline
