// Files of weights, byte by byte: safetensors, and checkpoints as torch.save writes them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace mote::io::drawn {

/// `value` as `bytes` bytes, little-endian.
inline std::string little(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) {
    text.push_back(static_cast<char>(value >> (8 * i)));
  }
  return text;
}

/// float32 numbers 0, 1, 2, ... as bytes.
inline std::string floats(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    const auto value = static_cast<float>(i);
    text.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }
  return text;
}

inline std::string safetensors(const std::string& header, const std::string& data) {
  return little(header.size(), 8) + header + data;
}

/// A pickle's parts, each of which leaves one value on the stack.
namespace pickled {

inline std::string text(const std::string& value) {
  return "X" + little(value.size(), 4) + value;
}
inline std::string whole(int32_t value) {
  return "J" + little(static_cast<uint32_t>(value), 4);
}
inline std::string global(const std::string& module, const std::string& name) {
  return "c" + module + "\n" + name + "\n";
}
inline std::string tuple(const std::vector<std::string>& items) {
  std::string bytes = "(";
  for (const std::string& item : items) {
    bytes += item;
  }
  return bytes + "t";
}
inline std::string dict(const std::vector<std::pair<std::string, std::string>>& items) {
  std::string bytes = "}(";
  for (const auto& [key, value] : items) {
    bytes += text(key) + value;
  }
  return bytes + "u";
}
inline std::string ordered_dict() {
  return global("collections", "OrderedDict") + ")R";
}
inline std::string whole_pickle(const std::string& value) {
  return "\x80\x02" + value + ".";
}

struct Tensor {
  std::string storage = "0";
  int32_t scalars = 6;
  int32_t offset = 0;
  std::vector<int32_t> shape = {2, 3};
  std::vector<int32_t> strides = {3, 1};
  std::string type = "FloatStorage";
  std::string view;  ///< the sixth item of a storage, in legacy files
};

inline std::string wholes(const std::vector<int32_t>& values) {
  std::vector<std::string> items;
  for (const int32_t value : values) {
    items.push_back(whole(value));
  }
  return tuple(items);
}

inline std::string tensor(const Tensor& of = {}) {
  std::vector<std::string> storage = {text("storage"), global("torch", of.type), text(of.storage),
                                      text("cpu"), whole(of.scalars)};
  if (!of.view.empty()) {
    storage.push_back(of.view);
  }
  return global("torch._utils", "_rebuild_tensor_v2") +
         tuple({tuple(storage) + "Q", whole(of.offset), wholes(of.shape), wholes(of.strides),
                "\x89", ordered_dict()}) +
         "R";
}

}  // namespace pickled

inline uint32_t crc32_of(const std::string& bytes) {
  uint32_t crc = ~0U;
  for (const char byte : bytes) {
    crc ^= static_cast<uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
    }
  }
  return ~crc;
}

/// A zip file whose entries are not packed.
inline std::string stored_zip(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string file;
  std::string list;
  for (const auto& [name, bytes] : entries) {
    const std::string common = little(20, 2) + little(0, 2) + little(0, 2) + little(0, 4) +
                               little(crc32_of(bytes), 4) + little(bytes.size(), 4) +
                               little(bytes.size(), 4) + little(name.size(), 2) + little(0, 2);
    list += "PK\x01\x02" + little(20, 2) + common + little(0, 2) + little(0, 2) + little(0, 2) +
            little(0, 4) + little(file.size(), 4) + name;
    file += "PK\x03\x04" + common + name + bytes;
  }
  return file + list + "PK\x05\x06" + little(0, 4) + little(entries.size(), 2) +
         little(entries.size(), 2) + little(list.size(), 4) + little(file.size(), 4) + little(0, 2);
}

/// As PyTorch 1.6 and later write it; `value` is what is pickled.
inline std::string torch_zip(const std::string& value,
                             const std::vector<std::pair<std::string, std::string>>& storages = {
                                 {"0", floats(6)}}) {
  std::vector<std::pair<std::string, std::string>> entries = {
      {"archive/data.pkl", pickled::whole_pickle(value)}};
  for (const auto& [key, bytes] : storages) {
    entries.emplace_back("archive/data/" + key, bytes);
  }
  entries.emplace_back("archive/version", "3\n");
  return stored_zip(entries);
}

/// As earlier ones wrote it, with one storage of float32.
inline std::string torch_legacy(const std::string& value, const std::string& key = "0",
                                const std::string& bytes = floats(6), bool little_endian = true) {
  using namespace pickled;
  const std::string magic("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 12);
  const std::string order = little_endian ? "\x88" : "\x89";
  return whole_pickle(magic) + whole_pickle(whole(1001)) +
         whole_pickle(dict({{"protocol_version", whole(1001)}, {"little_endian", order}})) +
         whole_pickle(value) + whole_pickle("](" + text(key) + "e") + little(bytes.size() / 4, 8) +
         bytes;
}

/// A small state dict with what real ones have: attributes, shared and strided tensors.
inline std::string small_state_dict() {
  using namespace pickled;
  return ordered_dict() + "(" + text("conv.weight") + tensor() + text("conv.turned") +
         tensor({.shape = {3, 2}, .strides = {1, 3}}) + text("conv.bias") +
         tensor({.offset = 4, .shape = {2}, .strides = {1}}) + "u}(" + text("_metadata") +
         ordered_dict() + "ub";
}

}  // namespace mote::io::drawn
