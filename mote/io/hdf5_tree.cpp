#include "mote/io/hdf5_tree.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "mote/core/bytes.h"
#include "mote/core/error.h"
#include "mote/core/number_text.h"

namespace mote::io {
namespace {

constexpr auto kStoredTypes = std::to_array<StoredType>(
    {StoredType::kBool, StoredType::kUint8, StoredType::kInt8, StoredType::kUint16,
     StoredType::kInt16, StoredType::kUint32, StoredType::kInt32, StoredType::kUint64,
     StoredType::kInt64, StoredType::kFloat32, StoredType::kFloat64});
constexpr uint8_t kNoSamples = 255;

void put(ByteWriter& out, const Hdf5Value& value) {
  out.put(static_cast<uint8_t>(value.index()));
  std::visit([&out](const auto& held) { out.put(held); }, value);
}

void put(ByteWriter& out, const Hdf5Dataset& dataset) {
  const uint8_t stored = dataset.stored ? static_cast<uint8_t>(*dataset.stored) : kNoSamples;
  out.put(std::string_view(dataset.type));
  out.put(stored);
  out.put(dataset.shape);
  out.put(dataset.chunk);
  out.put(dataset.held_bytes);
  out.put(std::string_view(dataset.text));
  out.put(std::string_view(dataset.problem));
}

Hdf5Value get_value(ByteReader& in) {
  switch (in.get<uint8_t>()) {
    case 0: return in.get<double>();
    case 1: return in.get<std::string>();
    case 2: return in.get<std::vector<double>>();
    default: throw Error(ErrorKind::kBadFile, "an attribute of no known kind");
  }
}

bool is_shape(const std::vector<int64_t>& counts, int64_t least) {
  return std::all_of(counts.begin(), counts.end(),
                     [least](int64_t count) { return count >= least; });
}

Hdf5Dataset get_dataset(ByteReader& in) {
  Hdf5Dataset dataset;
  in.get(dataset.type);
  const auto code = in.get<uint8_t>();
  for (const StoredType stored : kStoredTypes) {
    if (code == static_cast<uint8_t>(stored)) {
      dataset.stored = stored;
    }
  }
  in(dataset.shape, dataset.chunk, dataset.held_bytes, dataset.text, dataset.problem);
  const bool chunks = dataset.chunk.empty() ||
                      (dataset.chunk.size() == dataset.shape.size() && is_shape(dataset.chunk, 1));
  if (!is_shape(dataset.shape, 0) || !chunks) {
    throw Error(ErrorKind::kBadFile, "a dataset of impossible shape");
  }
  return dataset;
}

}  // namespace

const Hdf5Node* Hdf5Tree::find(const std::string& path) const {
  const auto found = nodes.find(path);
  return found == nodes.end() ? nullptr : &found->second;
}

const Hdf5Dataset* Hdf5Tree::dataset(const std::string& path) const {
  const Hdf5Node* node = find(path);
  return node != nullptr && node->dataset ? &*node->dataset : nullptr;
}

bool Hdf5Tree::has_group(const std::string& path) const {
  const Hdf5Node* node = find(path);
  return node != nullptr && !node->dataset;
}

std::vector<std::string> Hdf5Tree::children(const std::string& path) const {
  const std::string start = path + "/";
  std::vector<std::string> names;
  for (auto i = nodes.lower_bound(start); i != nodes.end() && i->first.starts_with(start); ++i) {
    std::string name = i->first.substr(start.size());
    if (name.find('/') == std::string::npos) {
      names.push_back(std::move(name));
    }
  }
  return names;
}

std::optional<double> Hdf5Tree::number(const std::string& path,
                                       const std::string& attribute) const {
  const Hdf5Node* node = find(path);
  const auto found =
      node != nullptr ? node->attributes.find(attribute) : decltype(node->attributes.begin()){};
  if (node == nullptr || found == node->attributes.end()) {
    return std::nullopt;
  }
  if (const auto* text = std::get_if<std::string>(&found->second)) {
    return number_in(*text);
  }
  const auto* number = std::get_if<double>(&found->second);
  return number != nullptr ? std::optional(*number) : std::nullopt;
}

std::string Hdf5Tree::text(const std::string& path, const std::string& attribute) const {
  const Hdf5Node* node = find(path);
  if (node == nullptr || !node->attributes.contains(attribute)) {
    return {};
  }
  const auto* text = std::get_if<std::string>(&node->attributes.at(attribute));
  return text != nullptr ? *text : std::string();
}

std::string encode(const Hdf5Tree& tree) {
  ByteWriter out;
  out.put<uint64_t>(tree.nodes.size());
  for (const auto& [path, node] : tree.nodes) {
    out.put(std::string_view(path));
    out.put<uint64_t>(node.attributes.size());
    for (const auto& [name, value] : node.attributes) {
      out.put(std::string_view(name));
      put(out, value);
    }
    out.put<uint8_t>(node.dataset ? 1 : 0);
    if (node.dataset) {
      put(out, *node.dataset);
    }
  }
  out.put<uint64_t>(tree.problems.size());
  for (const std::string& problem : tree.problems) {
    out.put(std::string_view(problem));
  }
  return out.take();
}

Hdf5Tree decode_hdf5_tree(std::string_view bytes) {
  ByteReader in(bytes);
  Hdf5Tree tree;
  const uint64_t nodes = in.get_count(17);
  for (uint64_t i = 0; i < nodes; ++i) {
    Hdf5Node& node = tree.nodes[in.get<std::string>()];
    const uint64_t attributes = in.get_count(17);
    for (uint64_t k = 0; k < attributes; ++k) {
      auto name = in.get<std::string>();
      node.attributes[std::move(name)] = get_value(in);
    }
    if (in.get<uint8_t>() != 0) {
      node.dataset = get_dataset(in);
    }
  }
  const uint64_t problems = in.get_count(8);
  for (uint64_t i = 0; i < problems; ++i) {
    tree.problems.push_back(in.get<std::string>());
  }
  in.expect_end();
  return tree;
}

std::optional<double> number_in(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) {
    return std::nullopt;
  }
  text = text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
  const std::optional<double> value = number_from<double>(text);
  return value && std::isfinite(*value) ? value : std::nullopt;
}

}  // namespace mote::io
