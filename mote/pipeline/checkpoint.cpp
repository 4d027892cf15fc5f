#include "mote/pipeline/checkpoint.h"

#include <filesystem>

#include <xxhash.h>

#include "mote/core/bytes.h"
#include "mote/core/error.h"
#include "mote/pipeline/file.h"

namespace mote::pipeline {
namespace {

constexpr uint32_t kVersion = 1;

}  // namespace

void write_checkpoint(const std::string& path, const Checkpoint& checkpoint) {
  const std::string& state = checkpoint.state;
  ByteWriter out;
  out.put(kVersion);
  out.put(checkpoint.journal_bytes);
  out.put<uint64_t>(XXH3_64bits(state.data(), state.size()));
  out.put(state);
  write_file(path, out.take());
}

std::optional<Checkpoint> read_checkpoint(const std::string& path) {
  if (!std::filesystem::exists(path)) {
    return std::nullopt;
  }
  const std::string content = read_file(path);
  try {
    ByteReader in(content);
    if (in.get<uint32_t>() != kVersion) {
      throw Error(ErrorKind::kBadFile, "of another version of mote");
    }
    Checkpoint checkpoint{.journal_bytes = in.get<int64_t>()};
    const auto hash = in.get<uint64_t>();
    checkpoint.state = in.get<std::string>();
    if (XXH3_64bits(checkpoint.state.data(), checkpoint.state.size()) != hash) {
      throw Error(ErrorKind::kBadFile, "damaged");
    }
    return checkpoint;
  } catch (const Error& error) {
    throw Error(ErrorKind::kBadFile,
                "{}: the checkpoint cannot be used ({}); start anew with --force", path,
                error.what());
  }
}

}  // namespace mote::pipeline
