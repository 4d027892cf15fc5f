#include "mote/pipeline/checkpoint.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "mote/core/bytes.h"
#include "mote/core/error.h"
#include "mote/core/hash.h"
#include "mote/io/output_file.h"
#include "mote/pipeline/file.h"

namespace mote::pipeline {
namespace {

constexpr uint32_t kVersion = 3;

// What stands behind the state, which is written before all of it is known.
struct Trailer {
  uint64_t hash = 0;  // of the state
  int64_t journal_bytes = 0;
};

}  // namespace

struct CheckpointWriter::Impl {
  std::string path;
  std::string part;
  io::OutputFile file;
  Hash64 hash;

  Impl(std::string p, int64_t number)
      : path(std::move(p)), part(fmt::format("{}.{}.part", path, number)), file(part) {}
};

CheckpointWriter::CheckpointWriter(std::string path, int64_t number)
    : impl_(std::make_unique<Impl>(std::move(path), number)) {
  ByteWriter head;
  head.put(kVersion);
  impl_->file.write(head.take());
}

CheckpointWriter::~CheckpointWriter() {
  std::error_code ignored;
  std::filesystem::remove(impl_->part, ignored);  // has another name once it is published
}

void CheckpointWriter::write(std::string_view state) {
  impl_->hash.add(state);
  impl_->file.write(state);
}

void CheckpointWriter::publish(int64_t journal_bytes) {
  ByteWriter tail;
  tail.put(Trailer{.hash = impl_->hash.value(), .journal_bytes = journal_bytes});
  impl_->file.write(tail.take());
  impl_->file.sync_and_close();
  if (std::rename(impl_->part.c_str(), impl_->path.c_str()) != 0) {
    throw Error(ErrorKind::kResource, "{}: cannot be renamed into place: {}", impl_->path,
                std::strerror(errno));
  }
}

std::optional<Checkpoint> read_checkpoint(const std::string& path) {
  if (!exists(path)) {
    return std::nullopt;
  }
  std::string content = read_file(path);
  try {
    ByteReader in(content);
    if (in.get<uint32_t>() != kVersion) {
      throw Error(ErrorKind::kBadFile, "of another version of mote");
    }
    std::string_view state = in.take_rest();
    if (state.size() < sizeof(Trailer)) {
      throw Error(ErrorKind::kBadFile, "damaged");
    }
    const size_t state_bytes = state.size() - sizeof(Trailer);
    const auto trailer = ByteReader(state.substr(state_bytes)).get<Trailer>();
    state = state.substr(0, state_bytes);
    if (hash64(state) != trailer.hash) {
      throw Error(ErrorKind::kBadFile, "damaged");
    }
    content.resize(content.size() - sizeof(Trailer));
    content.erase(0, sizeof(kVersion));  // in place: the state is large
    return Checkpoint{.journal_bytes = trailer.journal_bytes, .state = std::move(content)};
  } catch (const Error& error) {
    throw Error(ErrorKind::kBadFile,
                "{}: the checkpoint cannot be used ({}); start anew with --force", path,
                error.what());
  }
}

}  // namespace mote::pipeline
