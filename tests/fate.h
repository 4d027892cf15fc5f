#pragma once

#include <csignal>
#include <functional>

#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mote::testing_support {

enum class Fate {
  kKilled,
  kEnded,     ///< well, before its turn came
  kFailed,    ///< it threw, or crashed
  kUntraced,  ///< this host lets no process trace another
};

/// Runs `work` in a process of its own that is killed on its way into its system call number
/// `call`, from 1 on: each is a moment at which a kill leaves other things behind.
inline Fate fate_of(const std::function<void()>& work, int call) {
  constexpr int kNoTrace = 77;
  const pid_t child = ::fork();
  if (child == 0) {
    if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) {
      ::_exit(kNoTrace);
    }
    ::raise(SIGSTOP);
    work();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  // A call stops the process twice, on its way in and on its way out.
  for (int stop = 1; stop < 2 * call && WIFSTOPPED(status); ++stop) {
    ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
    ::waitpid(child, &status, 0);
  }
  if (WIFSTOPPED(status)) {
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    return Fate::kKilled;
  }
  if (!WIFEXITED(status)) {
    return Fate::kFailed;
  }
  return WEXITSTATUS(status) == 0          ? Fate::kEnded
         : WEXITSTATUS(status) == kNoTrace ? Fate::kUntraced
                                           : Fate::kFailed;
}

/// Does `killed_at` with call 1, 2, ... until it says that none of them was left to be killed at:
/// returns what it said last.
inline Fate fate_at_each_call(const std::function<Fate(int call)>& killed_at) {
  Fate fate = Fate::kKilled;
  for (int call = 1; fate == Fate::kKilled; ++call) {
    SCOPED_TRACE(call);
    fate = killed_at(call);
  }
  return fate;
}

}  // namespace mote::testing_support
