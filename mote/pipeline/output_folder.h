#pragma once

#include <optional>
#include <string>
#include <vector>

namespace mote::pipeline {

/// The journal of a finished run, in its folder: what corrections by hand begin from.
inline constexpr const char* kKeptJournal = "journal.mote";

/// The folder that a run writes to. What is being made lies in `DIR/.mote`: the journal, the
/// checkpoint, and the files of the run in `out`. Once these are whole, one rename to `ready` makes
/// the run a finished one, and they are moved out together, run.json last, so that what lies in DIR
/// is always a whole run. A kill loses nothing: before the rename the run is continued from its
/// journal, after it whoever opens the folder next moves what is left.
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
  /// and drops the journal, or keeps it there where run.json lists kKeptJournal. What the earlier
  /// run wrote and this one does not is removed; nothing else is. Throws kResource.
  void publish();

 private:
  explicit OutputFolder(const std::string& path);

  // What is staged and whole, and is being moved out.
  std::string ready() const { return work_ + "/ready"; }
  // The run.json of the run that is replaced, while it is.
  std::string replaced() const { return work_ + "/replaced.json"; }
  bool begun() const;
  void require_empty(bool complete) const;
  void lock();
  void move_out() const;
  void remove_stale() const;
  void clear_work() const;

  std::string path_;
  std::string work_;
  int lock_ = -1;
  bool resuming_ = false;
  bool finished_ = false;
};

/// Throws kUsage where one of `inputs` is a file that a run writing to `folder` could replace.
void require_apart(const std::vector<std::string>& inputs, const std::string& folder);

}  // namespace mote::pipeline
