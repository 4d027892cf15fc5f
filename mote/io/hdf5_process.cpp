#include "mote/io/hdf5_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mote/core/bytes.h"
#include "mote/core/error.h"
#include "mote/core/plugin.h"
#include "mote/io/file.h"
#include "mote/io/hdf5_protocol.h"

namespace mote::io {
namespace {

Error system_error(const char* what) {
  return Error(ErrorKind::kResource, "{}: {}", what, std::strerror(errno));
}

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }
  int get() const { return number_; }

 private:
  int number_ = -1;
};

// Memory that both processes see. It only ever grows, so that neither can be made to look past it.
class SharedMemory {
 public:
  SharedMemory() : file_(::memfd_create("mote-hdf5", MFD_CLOEXEC | MFD_ALLOW_SEALING)) {
    if (file_.get() < 0 || ::fcntl(file_.get(), F_ADD_SEALS, F_SEAL_SHRINK) != 0) {
      throw system_error("no shared memory");
    }
  }
  ~SharedMemory() { unmap(); }
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  int descriptor() const { return file_.get(); }
  const void* address() const { return address_; }

  void grow(size_t bytes) {
    if (bytes <= bytes_) {
      return;
    }
    if (::ftruncate(file_.get(), static_cast<off_t>(bytes)) != 0) {
      throw system_error("no shared memory");
    }
    unmap();
    void* const mapped = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file_.get(), 0);
    if (mapped == MAP_FAILED) {
      throw system_error("no shared memory");
    }
    address_ = mapped;
    bytes_ = bytes;
  }

 private:
  void unmap() {
    if (address_ != nullptr) {
      ::munmap(address_, bytes_);
    }
    address_ = nullptr;
    bytes_ = 0;
  }

  Descriptor file_;
  void* address_ = nullptr;
  size_t bytes_ = 0;
};

std::string found_program() {
  std::string tried;
  for (const std::string& folder : plugin_folders()) {
    std::string path = folder + "/mote-hdf5";
    if (::access(path.c_str(), X_OK) == 0) {
      return path;
    }
    tried += (tried.empty() ? "" : ", ") + path;
  }
  throw Error(ErrorKind::kUnsupported,
              "HDF5 files need mote's program mote-hdf5, which is not there ({}): build mote with "
              "libhdf5-dev, or set MOTE_PLUGIN_DIR to the folder that has it",
              tried);
}

// The environment is our own, so that no variable changes what libhdf5 does.
std::vector<std::string> environment() {
  std::vector<std::string> variables = {"LC_ALL=C"};
  if (const char* path = std::getenv("LD_LIBRARY_PATH"); path != nullptr) {
    variables.push_back(std::string("LD_LIBRARY_PATH=") + path);
  }
  return variables;
}

// Numbers above those that the program expects its descriptors at.
Descriptor moved_up(int number) {
  Descriptor moved(::fcntl(number, F_DUPFD_CLOEXEC, 10));
  if (moved.get() < 0) {
    throw system_error("no file descriptor is left");
  }
  return moved;
}

// A process group of its own: Ctrl-C is for mote, which may still want the frame it waits for.
pid_t spawn(const std::string& program, int socket, int file, int memory) {
  const std::array<Descriptor, 3> own = {moved_up(socket), moved_up(file), moved_up(memory)};
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  for (const int standard : {0, 1, 2}) {
    ::posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", O_RDWR, 0);
  }
  ::posix_spawn_file_actions_adddup2(&actions, own[0].get(), kHdf5Socket);
  ::posix_spawn_file_actions_adddup2(&actions, own[1].get(), kHdf5FileDescriptor);
  ::posix_spawn_file_actions_adddup2(&actions, own[2].get(), kHdf5Memory);
  sigset_t none;
  sigset_t all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  std::string name = "mote-hdf5";
  std::string version = fmt::format("{:x}", kHdf5Magic);
  std::array<char*, 3> arguments = {name.data(), version.data(), nullptr};
  std::vector<std::string> texts = environment();
  std::vector<char*> variables;
  variables.reserve(texts.size() + 1);
  for (std::string& text : texts) {
    variables.push_back(text.data());
  }
  variables.push_back(nullptr);
  pid_t process = -1;
  const int failure = ::posix_spawn(&process, program.c_str(), &actions, &attributes,
                                    arguments.data(), variables.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (failure != 0) {
    throw Error(ErrorKind::kUnsupported, "{} cannot be started: {}", program,
                std::strerror(failure));
  }
  return process;
}

Error why_it_ended(int status) {
  if (WIFSIGNALED(status)) {
    const int signal = WTERMSIG(status);
    if (signal == SIGKILL) {
      return Error(ErrorKind::kResource,
                   "the HDF5 library was killed on this file (signal 9), as where memory runs out");
    }
    if (signal == SIGXCPU) {
      return Error(ErrorKind::kBadFile,
                   "the HDF5 library was still busy with one request of this file after {} s of "
                   "processor time: it is damaged",
                   kHdf5ProcessorSeconds);
    }
    return Error(ErrorKind::kBadFile,
                 "the HDF5 library crashed on this file (signal {}): it is damaged", signal);
  }
  return Error(ErrorKind::kUnsupported,
               "mote-hdf5 ended without an answer (exit code {}); is it of this mote, and libhdf5 "
               "installed?",
               WEXITSTATUS(status));
}

Error wrong_answer() {
  return Error(ErrorKind::kUnsupported,
               "what mote-hdf5 answers is none of its answers: is it of this mote?");
}

// The running program and the socket to it.
class Process {
 public:
  Process(const std::string& program, const File& file, const SharedMemory& memory,
          double most_seconds)
      : most_seconds_(most_seconds) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
      throw system_error("no socket");
    }
    socket_ = Descriptor(ends[0]);
    const Descriptor other(ends[1]);
    const auto seconds = static_cast<time_t>(most_seconds);
    const timeval limit{
        .tv_sec = seconds,
        .tv_usec = static_cast<suseconds_t>((most_seconds - static_cast<double>(seconds)) * 1e6)};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    process_ = spawn(program, other.get(), file.descriptor(), memory.descriptor());
  }
  ~Process() {
    if (process_ > 0) {
      stop();
    }
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // The answer's bytes. Throws what it tells, or why there is none: then the process is over.
  std::string ask(Hdf5Request request, const std::string& bytes) {
    const Hdf5MessageHeader header{
        .magic = kHdf5Magic, .kind = static_cast<uint32_t>(request), .bytes = bytes.size()};
    std::string message(sizeof header, '\0');
    std::memcpy(message.data(), &header, sizeof header);
    send(message + bytes);
    Hdf5MessageHeader answer;
    receive(&answer, sizeof answer);
    if (answer.magic != kHdf5Magic || answer.bytes > kMostHdf5MessageBytes ||
        answer.kind > 1 + static_cast<uint32_t>(ErrorKind::kResource)) {
      stop();
      throw wrong_answer();
    }
    std::string told(answer.bytes, '\0');
    receive(told.data(), told.size());
    if (answer.kind != 0) {
      throw Error(static_cast<ErrorKind>(answer.kind - 1), "{}", told);
    }
    return told;
  }

  bool running() const { return process_ > 0; }

  // Ends it at once and says what waitpid does of it.
  int stop() {
    ::kill(process_, SIGKILL);
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    process_ = -1;
    return status;
  }

 private:
  void send(const std::string& message) {
    for (size_t done = 0; done < message.size();) {
      const ssize_t sent =
          ::send(socket_.get(), message.data() + done, message.size() - done, MSG_NOSIGNAL);
      if (sent > 0) {
        done += static_cast<size_t>(sent);
      } else if (errno == EPIPE) {
        return;  // it ended: what it said before, or that it said nothing, is still to be read
      } else if (errno != EINTR) {
        over(errno == EAGAIN);
      }
    }
  }

  void receive(void* to, size_t count) {
    for (size_t done = 0; done < count;) {
      const ssize_t got = ::recv(socket_.get(), static_cast<char*>(to) + done, count - done, 0);
      if (got > 0) {
        done += static_cast<size_t>(got);
      } else if (got == 0 || errno != EINTR) {
        over(got < 0 && errno == EAGAIN);
      }
    }
  }

  // One that is ending keeps the status it ends with.
  [[noreturn]] void over(bool timed_out) {
    const int status = stop();
    if (timed_out) {
      throw Error(ErrorKind::kBadFile,
                  "the HDF5 library did not answer within {:g} s: the file is damaged, or its disk "
                  "does not answer",
                  most_seconds_);
    }
    throw why_it_ended(status);
  }

  Descriptor socket_;
  pid_t process_ = -1;
  double most_seconds_;
};

class Hdf5ProcessFile : public Hdf5File {
 public:
  Hdf5ProcessFile(const std::string& path, const Hdf5ProcessOptions& options)
      : file_(path),
        program_(options.program.empty() ? found_program() : options.program),
        most_seconds_(options.most_seconds) {
    const std::string bytes = ask(Hdf5Request::kTree, {});
    try {
      tree_ = decode_hdf5_tree(bytes);
    } catch (const Error&) {
      throw wrong_answer();
    }
  }

  const Hdf5Tree& tree() const override { return tree_; }

  void read(const std::string& dataset, const Hdf5Box& box, std::span<std::byte> to) override {
    memory_.grow(to.size());
    ByteWriter request;
    request(static_cast<uint64_t>(to.size()), box.start, box.count, std::string_view(dataset));
    ask(Hdf5Request::kRead, request.take());
    std::memcpy(to.data(), memory_.address(), to.size());
  }

 private:
  std::string ask(Hdf5Request request, const std::string& bytes) {
    if (!process_ || !process_->running()) {
      process_ = std::make_unique<Process>(program_, file_, memory_, most_seconds_);
    }
    return process_->ask(request, bytes);
  }

  File file_;
  std::string program_;
  double most_seconds_;
  SharedMemory memory_;
  Hdf5Tree tree_;
  std::unique_ptr<Process> process_;
};

}  // namespace

std::unique_ptr<Hdf5File> open_hdf5_process(const std::string& path,
                                            const Hdf5ProcessOptions& options) {
  return std::make_unique<Hdf5ProcessFile>(path, options);
}

}  // namespace mote::io
