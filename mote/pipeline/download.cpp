#include "mote/pipeline/download.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mote/core/error.h"
#include "mote/pipeline/file.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;

// curl's exit codes, man curl(1), "EXIT CODES".
constexpr int kNoHost = 6;
constexpr int kNoConnection = 7;
constexpr int kPartial = 18;
constexpr int kHttpError = 22;
constexpr int kWriteError = 23;
constexpr int kTimeout = 28;
constexpr int kNoRange = 33;
constexpr int kReceiveError = 56;
constexpr int kTooLarge = 63;

int64_t bytes_of(const std::string& path) {
  std::error_code error;
  const auto bytes = fs::file_size(path, error);
  return error ? 0 : static_cast<int64_t>(bytes);
}

std::vector<std::string> command_of(const Download& wanted, const std::string& part) {
  std::vector<std::string> command = {"curl",
                                      "--silent",
                                      "--fail",
                                      "--location",
                                      "--proto",
                                      "=https,http",
                                      "--max-redirs",
                                      "5",
                                      "--connect-timeout",
                                      "30",
                                      "--speed-time",
                                      "60",
                                      "--speed-limit",
                                      "1",
                                      "--continue-at",
                                      "-",
                                      "--output",
                                      part};
  if (wanted.url.starts_with("https:")) {
    command.insert(command.end(), {"--proto-redir", "=https"});
  }
  if (wanted.bytes > 0) {
    command.insert(command.end(), {"--max-filesize", std::to_string(wanted.bytes)});
  }
  command.insert(command.end(), {"--", wanted.url});
  return command;
}

/// A curl that runs; ended with this object.
class Curl {
 public:
  explicit Curl(std::vector<std::string> command) {
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (std::string& word : command) {
      arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    const int error =
        ::posix_spawnp(&process_, "curl", nullptr, nullptr, arguments.data(), environ);
    if (error == ENOENT) {
      throw Error(ErrorKind::kUnsupported,
                  "the program curl, which fetches files, is not installed (package curl)");
    }
    if (error != 0) {
      throw Error(ErrorKind::kResource, "curl cannot be started: {}", std::strerror(error));
    }
  }
  ~Curl() {
    if (process_ > 0) {
      ::kill(process_, SIGTERM);
      ::waitpid(process_, nullptr, 0);
    }
  }
  Curl(const Curl&) = delete;
  Curl& operator=(const Curl&) = delete;

  /// Waits for up to a tenth of a second and says whether it has ended; `code` is then its exit
  /// code, or -1 where a signal ended it.
  bool ended(int& code) {
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) != process_) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      return false;
    }
    process_ = -1;
    code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return true;
  }

 private:
  pid_t process_ = -1;
};

/// curl does not say why it could not write.
std::string no_room(const std::string& part) {
  const std::string folder = fs::path(part).parent_path().string();
  std::error_code error;
  const auto free = fs::space(folder, error).available;
  return fmt::format(
      "{} cannot be written to{}; the {} bytes that came are kept: pull again to go on", folder,
      error ? "" : fmt::format(", {} bytes are free there", free), bytes_of(part));
}

[[noreturn]] void fail(const Download& wanted, const std::string& part, int code) {
  const auto error = [&](ErrorKind kind, const std::string& what) {
    return Error(kind, "{}: {}", wanted.url, what);
  };
  switch (code) {
    case kNoHost:
    case kNoConnection:
      throw error(
          ErrorKind::kResource,
          "no connection to the server; fetch the file elsewhere and give it to mote models "
          "import");
    case kHttpError: throw error(ErrorKind::kNotFound, "the server does not hand out this file");
    case kPartial:
    case kTimeout:
    case kReceiveError:
      throw error(ErrorKind::kResource,
                  fmt::format("the connection ended after {} bytes, which are kept: pull again to "
                              "go on",
                              bytes_of(part)));
    case kWriteError: throw error(ErrorKind::kResource, no_room(part));
    case kTooLarge:
      throw error(ErrorKind::kBadFile,
                  fmt::format("is larger than the {} bytes of the file wanted", wanted.bytes));
    default: throw error(ErrorKind::kResource, fmt::format("curl ended with its code {}", code));
  }
}

/// Runs curl once and says how it ended.
int fetch(const Download& wanted, const std::string& part, const JobContext& context) {
  Curl curl(command_of(wanted, part));
  Every tell(kProgressEvery, false);
  int code = 0;
  while (!curl.ended(code)) {
    if (context.cancelled()) {
      throw Cancelled();
    }
    const int64_t bytes = bytes_of(part);
    if (wanted.bytes > 0 && bytes > wanted.bytes) {
      return kTooLarge;
    }
    if (context.progress && tell.due()) {
      context.progress({.stage = "fetching", .done = bytes, .total = wanted.bytes});
    }
  }
  return code;
}

}  // namespace

void download(const Download& wanted, const JobContext& context) {
  const std::string part = wanted.file + ".part";
  if (wanted.bytes > 0 && bytes_of(part) > wanted.bytes) {
    fs::remove(part);
  }
  if (wanted.bytes == 0 || bytes_of(part) < wanted.bytes) {
    int code = fetch(wanted, part, context);
    if (code == kNoRange) {  // a server that cannot go on from the middle
      fs::remove(part);
      code = fetch(wanted, part, context);
    }
    if (code == kTooLarge) {
      fs::remove(part);
    }
    if (code != 0) {
      fail(wanted, part, code);
    }
  }
  if (bytes_of(part) == 0) {
    throw Error(ErrorKind::kBadFile, "{}: the server sent nothing", wanted.url);
  }
  const std::string found = sha256_of_file(part);
  if (found != wanted.sha256) {
    fs::remove(part);
    throw Error(ErrorKind::kBadFile, "{}: its SHA-256 is {}, expected {}; removed", wanted.url,
                found, wanted.sha256);
  }
  sync_path(part);
  fs::rename(part, wanted.file);
  if (context.progress) {
    context.progress(
        {.stage = "fetching", .done = bytes_of(wanted.file), .total = bytes_of(wanted.file)});
  }
}

}  // namespace mote::pipeline
