#include "mote/pipeline/onnxruntime.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <vector>

#include <nlohmann/json.hpp>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mote/core/error.h"
#include "mote/pipeline/file.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;

constexpr int kNotInstalled = 77;  // serve.mjs

Error system_error(const std::string& what) {
  return Error(ErrorKind::kResource, "{}: {}", what, std::strerror(errno));
}

/// A folder for files that pass between the two programs, removed at the end.
class Exchange {
 public:
  Exchange() {
    std::string pattern = (fs::temp_directory_path() / "mote_bench_XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
      throw system_error("no folder for temporary files can be made");
    }
    path_ = pattern;
  }
  ~Exchange() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  std::string operator/(const char* name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// A program that answers each line with a line; ended with this object.
class Answering {
 public:
  explicit Answering(std::vector<std::string> command) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
      throw system_error("no socket for onnxruntime");
    }
    socket_ = ends[0];
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (std::string& word : command) {
      arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    const int error =
        ::posix_spawnp(&process_, arguments.front(), &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    if (error != 0) {
      ::close(socket_);
      throw Error(ErrorKind::kUnsupported, "the program {} cannot be started: {}", command.front(),
                  std::strerror(error));
    }
  }
  ~Answering() {
    ::close(socket_);
    if (process_ > 0) {
      ::kill(process_, SIGTERM);
      ::waitpid(process_, nullptr, 0);
    }
  }
  Answering(const Answering&) = delete;
  Answering& operator=(const Answering&) = delete;

  std::string answer(std::string line) {
    line += '\n';
    for (size_t sent = 0; sent < line.size();) {
      const ssize_t more = ::send(socket_, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
      if (more < 0) {
        fail();
      }
      sent += static_cast<size_t>(more);
    }
    std::string read;
    while (!read.ends_with('\n')) {
      char bytes[4096];
      const ssize_t more = ::recv(socket_, bytes, sizeof(bytes), 0);
      if (more <= 0) {
        fail();
      }
      read.append(bytes, static_cast<size_t>(more));
    }
    return read;
  }

 private:
  /// It has ended, and said why to stderr.
  [[noreturn]] void fail() {
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = -1;
    if (WIFEXITED(status) && WEXITSTATUS(status) == kNotInstalled) {
      throw Error(ErrorKind::kUnsupported,
                  "onnxruntime-node is not installed (npm install --ignore-scripts)");
    }
    throw Error(ErrorKind::kUnsupported, "onnxruntime ended with {}",
                WIFEXITED(status) ? fmt::format("exit code {}", WEXITSTATUS(status))
                                  : fmt::format("signal {}", WTERMSIG(status)));
  }

  int socket_ = -1;
  pid_t process_ = -1;
};

class OnnxruntimeInNode : public OnnxRunner {
 public:
  OnnxruntimeInNode(std::string program, int64_t threads)
      : program_(std::move(program)), threads_(threads) {}

  std::vector<float> load(const OnnxTask& task) override {
    node_.reset();
    peak_mb_ = 0;
    const std::string graph = exchange_ / "graph.onnx";
    const std::string image = exchange_ / "image";
    write_file(graph, task.graph);
    write_file(image, {reinterpret_cast<const char*>(task.image.data()), task.image.size_bytes()});
    node_ = std::make_unique<Answering>(
        std::vector<std::string>{"node", program_, graph, std::to_string(threads_)});
    const nlohmann::json request = {
        {"inputs", {{task.input, {{"shape", task.shape}, {"file", image}}}}},
        {"outputs", {{task.output, exchange_ / "output"}}}};
    take(request.dump());
    return output();
  }

  ProcessCost run() override { return take("{}"); }

 private:
  ProcessCost take(const std::string& request) {
    const auto answer = nlohmann::json::parse(node_->answer(request));
    peak_mb_ = std::max(peak_mb_, answer.at("peak_mb").get<double>());
    return {.wall_s = answer.at("wall_s"),
            .processor_s = answer.at("processor_s"),
            .peak_mb = peak_mb_};
  }

  std::vector<float> output() const {
    const std::string bytes = read_file(exchange_ / "output");
    std::vector<float> values(bytes.size() / sizeof(float));
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
    return values;
  }

  std::string program_;
  int64_t threads_;
  Exchange exchange_;
  std::unique_ptr<Answering> node_;
  double peak_mb_ = 0;
};

}  // namespace

std::unique_ptr<OnnxRunner> onnxruntime_in(const std::string& folder, int64_t threads) {
  const std::string program = folder + "/serve.mjs";
  if (!exists(program)) {
    throw Error(ErrorKind::kNotFound, "{}: no such file; give the folder bench/onnxruntime of mote",
                program);
  }
  return std::make_unique<OnnxruntimeInNode>(program, threads);
}

}  // namespace mote::pipeline
