#include "mote/io/torch_legacy.h"

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "mote/core/error.h"
#include "mote/io/mapped_file.h"
#include "mote/io/torch_pickle.h"

namespace mote::io {
namespace {

using Kind = PickleValue::Kind;

// PROTO 2, then LONG1 of 10 bytes: 0x1950a86a20f9469cfc6c.
constexpr std::string_view kBeginning("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19",
                                      14);
constexpr int64_t kProtocol = 1001;

/// What is left of the file to read.
class Rest {
 public:
  explicit Rest(std::span<const std::byte> bytes) : bytes_(bytes) {}

  Pickle pickle() {
    Pickle pickle = read_pickle(bytes_, is_torch_global);
    bytes_ = bytes_.subspan(pickle.bytes);
    return pickle;
  }

  std::span<const std::byte> take(uint64_t count) {
    if (count > bytes_.size()) {
      throw Error(ErrorKind::kBadFile, "the file ends too early: {} bytes left, {} expected",
                  bytes_.size(), count);
    }
    return std::exchange(bytes_, bytes_.subspan(count)).first(count);
  }

 private:
  std::span<const std::byte> bytes_;
};

void check_protocol(const Pickle& pickle) {
  const PickleValue& protocol = pickle[pickle.top];
  if (protocol.kind != Kind::kInt || protocol.whole != kProtocol) {
    throw Error(ErrorKind::kUnsupported, "a PyTorch file of another protocol than {}", kProtocol);
  }
}

void check_byte_order(const Pickle& pickle) {
  const PickleValue& system = pickle[pickle.top];
  for (size_t i = 0; system.kind == Kind::kDict && i + 1 < system.items.size(); i += 2) {
    const PickleValue& little = pickle[system.items[i + 1]];
    if (pickle[system.items[i]].text == "little_endian" && little.kind == Kind::kBool) {
      if (little.whole == 0) {
        throw Error(ErrorKind::kUnsupported, "byte order other than little");
      }
      return;
    }
  }
  throw Error(ErrorKind::kBadFile, "the file does not say its byte order");
}

/// The bytes of the storages, by their keys, in the order in which `keys` lists them.
std::map<std::string_view, std::span<const std::byte>> storages_of(
    Rest& rest, const Pickle& keys, const std::map<std::string_view, int64_t>& widths) {
  constexpr size_t kCountBytes = 8;
  std::map<std::string_view, std::span<const std::byte>> storages;
  if (keys[keys.top].kind != Kind::kList) {
    throw Error(ErrorKind::kBadFile, "the file has no list of its storages");
  }
  for (const PickleRef item : keys[keys.top].items) {
    const std::string_view key = keys[item].text;
    const auto width = widths.find(key);
    if (width == widths.end()) {
      throw Error(ErrorKind::kBadFile, "the file has a storage that no tensor names");
    }
    uint64_t count = 0;
    for (size_t i = 0; const std::byte byte : rest.take(kCountBytes)) {
      count |= static_cast<uint64_t>(byte) << (8 * i++);
    }
    const auto bytes_each = static_cast<uint64_t>(width->second);
    const uint64_t too_many = ~uint64_t{0};
    storages[key] = rest.take(count > too_many / bytes_each ? too_many : count * bytes_each);
  }
  return storages;
}

}  // namespace

bool looks_like_torch_legacy(std::string_view leading_bytes) {
  return leading_bytes.starts_with(kBeginning);
}

Weights read_torch_legacy(const std::string& path) {
  const auto file = std::make_shared<MappedFile>(path);
  Rest rest(file->bytes());
  rest.pickle();  // the number that tells the format
  check_protocol(rest.pickle());
  check_byte_order(rest.pickle());
  const TorchPickle pickle = torch_pickle(rest.pickle());
  const Pickle keys = rest.pickle();
  std::map<std::string_view, int64_t> widths;
  for (const TorchStorage& storage : pickle.storages) {
    widths.emplace(storage.key, bytes_per_scalar(storage.type));
  }
  const auto by_key = storages_of(rest, keys, widths);
  std::vector<std::span<const std::byte>> storages;
  for (const TorchStorage& storage : pickle.storages) {
    const auto found = by_key.find(storage.key);
    if (found == by_key.end()) {
      throw Error(ErrorKind::kBadFile, "storage {} is missing from the file", storage.key);
    }
    storages.push_back(found->second);
  }
  return torch_weights(pickle, storages, file);
}

}  // namespace mote::io
