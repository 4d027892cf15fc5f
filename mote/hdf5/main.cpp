// The program that mote opens HDF5 files in: what libhdf5 does on a damaged file ends this process
// and not mote (docs/design/0004-hdf5-in-a-child-process.md). mote starts it itself.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>
#include <optional>
#include <string>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mote/core/bytes.h"
#include "mote/hdf5/descriptor_file.h"
#include "mote/hdf5/library.h"
#include "mote/hdf5/samples.h"
#include "mote/hdf5/tree.h"
#include "mote/io/hdf5_protocol.h"

namespace mote::hdf5 {
namespace {

using io::kHdf5FileDescriptor;
using io::kHdf5Memory;
using io::kHdf5Socket;

constexpr int kNotStartedByMote = 2;

[[noreturn]] void leave() {
  ::_exit(0);  // without the library's own farewell, which may crash too
}

// The parent's end of the socket closes with it, however it ends.
void leave_with_parent() {
  std::thread([] {
    pollfd socket{.fd = kHdf5Socket, .events = POLLRDHUP, .revents = 0};
    while (::poll(&socket, 1, -1) < 0 && errno == EINTR) {
    }
    leave();
  }).detach();
}

void limit(__rlimit_resource resource, rlim_t most) {
  rlimit limits{};
  ::getrlimit(resource, &limits);
  limits.rlim_cur = most;
  if (::setrlimit(resource, &limits) != 0) {
    throw Error(ErrorKind::kResource, "a limit cannot be set: {}", std::strerror(errno));
  }
}

// AddressSanitizer maps terabytes, which no limit on memory lets it.
void limit_memory([[maybe_unused]] int64_t shared_bytes) {
#ifndef __SANITIZE_ADDRESS__
  limit(RLIMIT_AS, static_cast<rlim_t>(io::kHdf5MemoryBytes + shared_bytes));
#endif
}

void limit_processor_time() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = used.ru_utime.tv_sec + used.ru_stime.tv_sec + io::kHdf5ProcessorSeconds;
  limit(RLIMIT_CPU, static_cast<rlim_t>(seconds));
}

// All numbers below are in use, so that no other file can be opened from here on.
void close_the_door() {
  const int next = ::dup(kHdf5Socket);
  ::close(next);
  limit(RLIMIT_NOFILE, static_cast<rlim_t>(next));
}

void receive(void* to, size_t count) {
  for (size_t done = 0; done < count;) {
    const ssize_t got = ::recv(kHdf5Socket, static_cast<char*>(to) + done, count - done, 0);
    if (got > 0) {
      done += static_cast<size_t>(got);
    } else if (got == 0 || errno != EINTR) {
      leave();
    }
  }
}

void send(const void* from, size_t count) {
  for (size_t done = 0; done < count;) {
    const ssize_t sent =
        ::send(kHdf5Socket, static_cast<const char*>(from) + done, count - done, MSG_NOSIGNAL);
    if (sent > 0) {
      done += static_cast<size_t>(sent);
    } else if (errno != EINTR) {
      leave();
    }
  }
}

void answer(uint32_t kind, const std::string& bytes) {
  const io::Hdf5MessageHeader header{.magic = io::kHdf5Magic, .kind = kind, .bytes = bytes.size()};
  send(&header, sizeof header);
  send(bytes.data(), bytes.size());
}

// The shared memory, as large as it is now.
class Mapping {
 public:
  Mapping() {
    struct stat status {};
    ::fstat(kHdf5Memory, &status);
    bytes_ = static_cast<size_t>(status.st_size);
    limit_memory(status.st_size);
    address_ = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, kHdf5Memory, 0);
    if (address_ == MAP_FAILED) {
      throw Error(ErrorKind::kResource, "no shared memory: {}", std::strerror(errno));
    }
  }
  ~Mapping() { ::munmap(address_, bytes_); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  std::span<std::byte> first(uint64_t count) const {
    if (count > bytes_) {
      throw Error(ErrorKind::kResource, "the shared memory has {} bytes, {} are asked for", bytes_,
                  count);
    }
    return {static_cast<std::byte*>(address_), count};
  }

 private:
  void* address_ = nullptr;
  size_t bytes_ = 0;
};

class Server {
 public:
  std::string carry_out(uint32_t kind, const std::string& bytes) {
    if (!file_) {
      file_ = open_file(kHdf5FileDescriptor);
    }
    switch (static_cast<io::Hdf5Request>(kind)) {
      case io::Hdf5Request::kTree: return encode(read_tree(file_->get()));
      case io::Hdf5Request::kRead: read(bytes); return {};
    }
    throw Error(ErrorKind::kUnsupported, "a request of kind {}", kind);
  }

 private:
  void read(const std::string& bytes) {
    ByteReader request(bytes);
    uint64_t count = 0;
    io::Hdf5Box box;
    std::string path;
    request(count, box.start, box.count, path);
    const Mapping memory;
    read_samples(file_->get(), path, box, memory.first(count));
  }

  std::optional<Handle> file_;
};

[[noreturn]] void serve() {
  Server server;
  for (;;) {
    io::Hdf5MessageHeader header;
    receive(&header, sizeof header);
    if (header.magic != io::kHdf5Magic || header.bytes > io::kMostHdf5MessageBytes) {
      leave();
    }
    std::string bytes(header.bytes, '\0');
    receive(bytes.data(), bytes.size());
    try {
      limit_processor_time();
      const std::string told = server.carry_out(header.kind, bytes);
      if (told.size() > io::kMostHdf5MessageBytes) {
        throw Error(ErrorKind::kUnsupported, "an HDF5 file with {} bytes of names and attributes",
                    told.size());
      }
      answer(0, told);
    } catch (const Error& error) {
      answer(1 + static_cast<uint32_t>(error.kind()), error.what());
    } catch (const std::bad_alloc&) {
      answer(1 + static_cast<uint32_t>(ErrorKind::kResource),
             "an HDF5 file whose reading needs more memory than it may take");
    }
  }
}

int run(int count, char** arguments) {
  if (count != 2 || fmt::format("{:x}", io::kHdf5Magic) != arguments[1]) {
    std::fprintf(stderr, "mote starts this program itself, to read HDF5 files\n");
    return kNotStartedByMote;
  }
  leave_with_parent();
  limit(RLIMIT_CORE, 0);
  limit_memory(0);
  confine_library();
  close_the_door();
  serve();
}

}  // namespace
}  // namespace mote::hdf5

#ifdef __SANITIZE_ADDRESS__
// What AddressSanitizer finds in libhdf5 ends the program as the signal would that it comes before.
extern "C" const char* __asan_default_options() {  // NOLINT: the sanitizer's name
  return "abort_on_error=1:handle_segv=0:handle_sigbus=0:handle_abort=0:handle_sigfpe=0:"
         "detect_leaks=0:allocator_may_return_null=1";
}
#endif

int main(int count, char** arguments) {
  return mote::hdf5::run(count, arguments);
}
