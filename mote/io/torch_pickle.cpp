#include "mote/io/torch_pickle.h"

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "mote/core/error.h"
#include "mote/io/utf8.h"

namespace mote::io {
namespace {

using Kind = PickleValue::Kind;

constexpr std::array<std::pair<std::string_view, ScalarType>, 10> kStorages = {{
    {"DoubleStorage", ScalarType::kFloat64},
    {"FloatStorage", ScalarType::kFloat32},
    {"HalfStorage", ScalarType::kFloat16},
    {"BFloat16Storage", ScalarType::kBFloat16},
    {"LongStorage", ScalarType::kInt64},
    {"IntStorage", ScalarType::kInt32},
    {"ShortStorage", ScalarType::kInt16},
    {"CharStorage", ScalarType::kInt8},
    {"ByteStorage", ScalarType::kUInt8},
    {"BoolStorage", ScalarType::kBool},
}};

constexpr std::array<std::string_view, 2> kComplexStorages = {"ComplexFloatStorage",
                                                              "ComplexDoubleStorage"};

bool is_complex(std::string_view module, std::string_view name) {
  return module == "torch" && std::find(kComplexStorages.begin(), kComplexStorages.end(), name) !=
                                  kComplexStorages.end();
}

std::optional<ScalarType> storage_type(std::string_view module, std::string_view name) {
  for (const auto& [known, type] : kStorages) {
    if (module == "torch" && known == name) {
      return type;
    }
  }
  return std::nullopt;
}

/// Follows the values from the top one on and notes the tensors among them.
class Walk {
 public:
  explicit Walk(const Pickle& pickle) : pickle_(pickle) {}

  TorchPickle run() {
    const Kind top = pickle_[pickle_.top].kind;
    if (top != Kind::kDict && top != Kind::kList && top != Kind::kTuple) {
      throw Error(ErrorKind::kUnsupported,
                  "is a checkpoint of something else than a dict of tensors");
    }
    visit(pickle_.top, "", 0);
    if (found_.tensors.empty()) {
      throw Error(ErrorKind::kUnsupported,
                  "is a checkpoint of something else than a dict of tensors: it holds none");
    }
    return std::move(found_);
  }

 private:
  // Any network is below these; a file above them is made to exhaust memory or time.
  static constexpr int kMostDepth = 32;
  static constexpr int64_t kMostSteps = 1'000'000;
  static constexpr size_t kMostTensors = 30'000;
  static constexpr size_t kMostNameBytes = 512;
  static constexpr size_t kMostMetadata = 100;

  void visit(PickleRef value, const std::string& name, int depth) {
    if (depth > kMostDepth || ++steps_ > kMostSteps) {
      throw Error(ErrorKind::kBadFile, "values nested more than {} times, or in a circle",
                  kMostDepth);
    }
    const PickleValue& here = pickle_[value];
    switch (here.kind) {
      case Kind::kDict: visit_dict(here, name, depth); return;
      case Kind::kList:
      case Kind::kTuple:
        for (size_t i = 0; i < here.items.size(); ++i) {
          visit(here.items[i], below(name, fmt::format("{}", i)), depth + 1);
        }
        return;
      case Kind::kCall: note_tensor(here, name); return;
      case Kind::kPersistent:
        throw Error(ErrorKind::kUnsupported, "{} is a storage, expected a tensor", name);
      default: note_metadata(here, name, depth);
    }
  }

  void visit_dict(const PickleValue& dict, const std::string& name, int depth) {
    for (size_t i = 0; i + 1 < dict.items.size(); i += 2) {
      visit(dict.items[i + 1], below(name, key_of(pickle_[dict.items[i]])), depth + 1);
    }
  }

  static std::string key_of(const PickleValue& key) {
    switch (key.kind) {
      case Kind::kString: return to_utf8(key.text.substr(0, kMostNameBytes + 1));
      case Kind::kInt: return fmt::format("{}", key.whole);
      default:
        throw Error(ErrorKind::kUnsupported, "a dict with keys that are neither texts nor numbers");
    }
  }

  static std::string below(const std::string& name, const std::string& key) {
    if (name.size() + key.size() > kMostNameBytes) {
      throw Error(ErrorKind::kBadFile, "a tensor's name of more than {} bytes", kMostNameBytes);
    }
    return name.empty() ? key : name + "/" + key;
  }

  void note_metadata(const PickleValue& value, const std::string& name, int depth) {
    constexpr size_t kMostTextBytes = 200;
    if (depth > 1 || found_.metadata.size() == kMostMetadata) {
      return;
    }
    if (value.kind == Kind::kInt) {
      found_.metadata[name] = fmt::format("{}", value.whole);
    } else if (value.kind == Kind::kFloat) {
      found_.metadata[name] = fmt::format("{}", value.real);
    } else if (value.kind == Kind::kString && value.text.size() <= kMostTextBytes) {
      found_.metadata[name] = to_utf8(value.text);
    }
  }

  void note_tensor(const PickleValue& call, const std::string& name) {
    const std::string_view function = pickle_[call.items[0]].more_text;
    const std::vector<PickleRef>& arguments = pickle_[call.items[1]].items;
    if (function == "_rebuild_parameter" && !arguments.empty() &&
        pickle_[arguments[0]].kind == Kind::kCall && &pickle_[arguments[0]] != &call) {
      const PickleValue& data = pickle_[arguments[0]];
      if (pickle_[data.items[0]].more_text != "_rebuild_parameter") {
        note_tensor(data, name);
        return;
      }
    }
    constexpr size_t kLeastArguments = 4;
    if (!function.starts_with("_rebuild_tensor") || arguments.size() < kLeastArguments) {
      throw Error(ErrorKind::kBadFile, "{} is put together by {} of {} values", name, function,
                  arguments.size());
    }
    if (found_.tensors.size() == kMostTensors || !names_.insert(name).second) {
      throw Error(ErrorKind::kBadFile, "more than {} tensors, or two named {}", kMostTensors, name);
    }
    TorchTensor tensor{.name = name,
                       .storage = storage(arguments[0], name),
                       .place = {.offset = whole(arguments[1], name),
                                 .shape = wholes(arguments[2], name),
                                 .strides = wholes(arguments[3], name)}};
    try {
      check_within(tensor.place, found_.storages[tensor.storage].scalars);
    } catch (const Error& error) {
      throw error.in(name);
    }
    found_.tensors.push_back(std::move(tensor));
  }

  int64_t whole(PickleRef value, const std::string& name) const {
    if (pickle_[value].kind != Kind::kInt) {
      throw Error(ErrorKind::kBadFile, "{} has a size that is no whole number", name);
    }
    return pickle_[value].whole;
  }

  std::vector<int64_t> wholes(PickleRef value, const std::string& name) const {
    constexpr size_t kMost = 32;
    const PickleValue& tuple = pickle_[value];
    if (tuple.kind != Kind::kTuple || tuple.items.size() > kMost) {
      throw Error(ErrorKind::kBadFile, "{} has a shape that is no tuple of numbers", name);
    }
    std::vector<int64_t> numbers;
    for (const PickleRef item : tuple.items) {
      numbers.push_back(whole(item, name));
    }
    return numbers;
  }

  /// ('storage', type, key, device, count of numbers[, view]), as torch.save writes it.
  size_t storage(PickleRef value, const std::string& name) {
    constexpr size_t kItems = 5;
    const PickleValue* tuple = nullptr;
    if (pickle_[value].kind == Kind::kPersistent) {
      tuple = &pickle_[pickle_[value].items[0]];
    }
    if (tuple == nullptr || tuple->kind != Kind::kTuple || tuple->items.size() < kItems ||
        pickle_[tuple->items[0]].text != "storage") {
      throw Error(ErrorKind::kBadFile, "{} has no storage", name);
    }
    const PickleValue& type = pickle_[tuple->items[1]];
    if (type.kind == Kind::kGlobal && is_complex(type.text, type.more_text)) {
      throw Error(ErrorKind::kUnsupported, "{} holds complex numbers, which no network here has",
                  name);
    }
    const auto known = storage_type(type.text, type.more_text);
    const PickleValue& key = pickle_[tuple->items[2]];
    if (type.kind != Kind::kGlobal || !known || key.kind != Kind::kString) {
      throw Error(ErrorKind::kBadFile, "{} has a storage without type or key", name);
    }
    if (tuple->items.size() > kItems && pickle_[tuple->items[kItems]].kind != Kind::kNone) {
      throw Error(ErrorKind::kUnsupported,
                  "{} is a view of a storage, as PyTorch before 0.4 wrote: save it again", name);
    }
    return noted({.key = to_utf8(key.text.substr(0, kMostNameBytes)),
                  .type = *known,
                  .scalars = whole(tuple->items[4], name)},
                 name);
  }

  size_t noted(TorchStorage storage, const std::string& name) {
    const auto [place, is_new] = places_.emplace(storage.key, found_.storages.size());
    if (is_new) {
      const int64_t shape[] = {storage.scalars};
      scalar_count(shape);
      found_.storages.push_back(std::move(storage));
    } else if (const TorchStorage& known = found_.storages[place->second];
               known.type != storage.type || known.scalars != storage.scalars) {
      throw Error(ErrorKind::kBadFile, "{} has {} {} numbers in storage {}, another tensor {} {}",
                  name, storage.scalars, mote::name(storage.type), storage.key, known.scalars,
                  mote::name(known.type));
    }
    return place->second;
  }

  const Pickle& pickle_;
  TorchPickle found_;
  std::map<std::string, size_t> places_;  // of the storages, by key
  std::set<std::string> names_;
  int64_t steps_ = 0;
};

/// What the spans of the weights point to.
struct Kept {
  std::shared_ptr<const void> file;
  std::deque<std::vector<std::byte>> copies;
};

}  // namespace

bool is_torch_global(std::string_view module, std::string_view name) {
  if (module == "collections") {
    return name == "OrderedDict";
  }
  if (module == "torch._utils") {
    return name == "_rebuild_tensor" || name == "_rebuild_tensor_v2" ||
           name == "_rebuild_parameter";
  }
  // Complex numbers are known so that the tensor that holds them can be named.
  return storage_type(module, name).has_value() || is_complex(module, name);
}

TorchPickle torch_pickle(const Pickle& pickle) {
  return Walk(pickle).run();
}

Weights torch_weights(const TorchPickle& pickle,
                      const std::vector<std::span<const std::byte>>& storages,
                      std::shared_ptr<const void> file) {
  int64_t left = 16 << 20;  // bytes for copies, beyond what the storages take
  for (size_t i = 0; i < storages.size(); ++i) {
    const TorchStorage& storage = pickle.storages[i];
    const int64_t expected = storage.scalars * bytes_per_scalar(storage.type);
    if (static_cast<int64_t>(storages[i].size()) != expected) {
      throw Error(ErrorKind::kBadFile, "storage {} has {} bytes, its {} numbers take {}",
                  storage.key, storages[i].size(), storage.scalars, expected);
    }
    left += expected;
  }
  const auto kept = std::make_shared<Kept>();
  kept->file = std::move(file);
  Weights weights{.metadata = pickle.metadata, .storage = kept};
  for (const TorchTensor& tensor : pickle.tensors) {
    const ScalarType type = pickle.storages[tensor.storage].type;
    const int64_t width = bytes_per_scalar(type);
    const int64_t count = scalar_count(tensor.place.shape);
    std::span<const std::byte> bytes;
    if (is_contiguous(tensor.place) || count == 0) {
      bytes = storages[tensor.storage].subspan(static_cast<size_t>(tensor.place.offset * width),
                                               static_cast<size_t>(count * width));
    } else if (count > left / width) {
      throw Error(ErrorKind::kBadFile, "{} repeats its numbers {} times", tensor.name, count);
    } else {
      left -= count * width;
      bytes = kept->copies.emplace_back(gathered(tensor.place, storages[tensor.storage], width));
    }
    weights.tensors.push_back(
        {.name = tensor.name, .type = type, .shape = tensor.place.shape, .bytes = bytes});
    check_bools(weights.tensors.back());
  }
  return weights;
}

}  // namespace mote::io
