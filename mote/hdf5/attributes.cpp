#include "mote/hdf5/attributes.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <optional>
#include <vector>

#include "mote/hdf5/types.h"
#include "mote/io/utf8.h"

namespace mote::hdf5 {
namespace {

constexpr hsize_t kMostBytes = hsize_t{1} << 16;
constexpr hssize_t kMostNumbers = 4096;

using ReadInto = std::function<herr_t(hid_t type, void* to)>;

std::string up_to_zero(const char* text, size_t most) {
  return io::to_utf8({text, ::strnlen(text, most)});
}

// Texts of various lengths come as pointers, which libhdf5 takes memory for.
std::optional<std::string> pointed_text(hid_t type, hid_t space, hssize_t count,
                                        const ReadInto& read) {
  std::vector<char*> texts(static_cast<size_t>(count), nullptr);
  if (read(type, texts.data()) < 0) {
    return std::nullopt;
  }
  std::optional<std::string> first;
  if (texts.front() != nullptr) {
    first = up_to_zero(texts.front(), kMostBytes);
  }
  H5Dvlen_reclaim(type, space, H5P_DEFAULT, texts.data());
  return first;
}

std::optional<std::string> text_value(hid_t type, hid_t space, hssize_t count,
                                      const ReadInto& read) {
  if (H5Tis_variable_str(type) > 0) {
    return pointed_text(type, space, count, read);
  }
  const size_t bytes = H5Tget_size(type);
  if (bytes == 0 || bytes > kMostBytes / static_cast<size_t>(count)) {
    return std::nullopt;
  }
  std::vector<char> texts(bytes * static_cast<size_t>(count) + 1);
  if (read(type, texts.data()) < 0) {
    return std::nullopt;
  }
  return up_to_zero(texts.data(), bytes);
}

std::optional<io::Hdf5Value> number_value(hid_t type, hssize_t count, const ReadInto& read) {
  const std::optional<io::StoredType> stored = sample_kind(type).stored;
  if (stored == io::StoredType::kBool) {
    int8_t yes = 0;
    return count == 1 && read(type, &yes) >= 0 ? std::optional<io::Hdf5Value>(yes != 0 ? 1.0 : 0.0)
                                               : std::nullopt;
  }
  std::vector<double> values(static_cast<size_t>(count));
  if (!stored || read(H5T_NATIVE_DOUBLE, values.data()) < 0) {
    return std::nullopt;
  }
  return count == 1 ? io::Hdf5Value(values.front()) : io::Hdf5Value(std::move(values));
}

std::optional<io::Hdf5Value> value_of(hid_t attribute) {
  const Handle type(H5Aget_type(attribute), H5Tclose);
  const Handle space(H5Aget_space(attribute), H5Sclose);
  if (!type.open() || !space.open() || H5Aget_storage_size(attribute) > kMostBytes) {
    return std::nullopt;
  }
  const hssize_t count = H5Sget_simple_extent_npoints(space.get());
  if (count < 1 || count > kMostNumbers) {
    return std::nullopt;
  }
  const ReadInto read = [attribute](hid_t as, void* to) { return H5Aread(attribute, as, to); };
  if (H5Tget_class(type.get()) == H5T_STRING) {
    return text_value(type.get(), space.get(), count, read);
  }
  return number_value(type.get(), count, read);
}

herr_t add_attribute(hid_t object, const char* name, const H5A_info_t* /*info*/, void* to) {
  auto& all = *static_cast<std::map<std::string, io::Hdf5Value>*>(to);
  const Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
  if (attribute.open()) {
    if (std::optional<io::Hdf5Value> value = value_of(attribute.get())) {
      all.insert_or_assign(name, std::move(*value));
    }
  }
  return all.size() < 10'000 ? 0 : 1;
}

}  // namespace

std::map<std::string, io::Hdf5Value> attributes_of(hid_t object) {
  std::map<std::string, io::Hdf5Value> all;
  H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, add_attribute, &all);
  return all;
}

std::string first_text(hid_t dataset) {
  const Handle type(H5Dget_type(dataset), H5Tclose);
  const Handle space(H5Dget_space(dataset), H5Sclose);
  if (!type.open() || !space.open() || H5Tget_class(type.get()) != H5T_STRING ||
      H5Sget_simple_extent_npoints(space.get()) != 1) {
    return {};
  }
  const ReadInto read = [dataset](hid_t as, void* to) {
    return H5Dread(dataset, as, H5S_ALL, H5S_ALL, H5P_DEFAULT, to);
  };
  std::string text = text_value(type.get(), space.get(), 1, read).value_or("");
  text.resize(std::min(text.size(), static_cast<size_t>(io::kHdf5TextBytes)));
  return text;
}

}  // namespace mote::hdf5
