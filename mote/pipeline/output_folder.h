#pragma once

#include <optional>
#include <string>
#include <vector>

namespace mote::pipeline {

/// The journal of a finished run, in its folder: what corrections by hand begin from.
inline constexpr const char* kKeptJournal = "journal.mote";

/// The folder that a run writes to. What is being made lies in `DIR/.mote`; finished files are
/// moved out together at the end, run.json last, so that what lies in DIR is always a whole run.
class OutputFolder {
 public:
  /// Opens (or makes) the folder and locks it against other runs.
  /// Throws kUsage where it holds a finished run, an unfinished one, or files of a run's names that
  /// are of no run, and neither force nor resume is given; kResource where it cannot be made,
  /// written or locked.
  OutputFolder(const std::string& path, bool force, bool resume);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string journal() const { return work_ + "/journal"; }
  std::string checkpoint() const { return work_ + "/checkpoint"; }

  /// A run was begun here and is to be continued.
  bool resuming() const { return resuming_; }
  /// A finished run lies here and `resume` was given: nothing is left to do.
  bool finished() const { return finished_; }

  /// An empty folder to put finished files in, made anew.
  std::string stage();

  /// Moves everything staged into the folder, run.json last, over what an earlier run left there,
  /// and drops the journal, or keeps it there as journal.mote. What that run wrote and this one
  /// does not is removed; nothing else is. Throws kResource.
  void publish(bool keep_journal = false);

 private:
  void require_empty(bool complete, bool begun) const;

  std::string path_;
  std::string work_;
  int lock_ = -1;
  bool resuming_ = false;
  bool finished_ = false;
};

/// Throws kUsage where one of `inputs` is a file that a run writing to `folder` could replace.
void require_apart(const std::vector<std::string>& inputs, const std::string& folder);

}  // namespace mote::pipeline
