#include "mote/io/tiff_metadata.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mote/io/binary_reader.h"
#include "mote/io/utf8.h"

namespace mote::io {
namespace {

constexpr size_t kMostValues = 16;

enum Type {
  kByte = 1,
  kAscii,
  kShort,
  kLong,
  kRational,
  kSignedByte,
  kUndefined,
  kSignedShort,
  kSignedLong,
  kSignedRational,
  kFloat,
  kDouble,
  kLong8 = 16,
  kSignedLong8
};

struct Name {
  int tag = 0;
  std::string_view name;
};

// TIFF 6.0, TIFF/EP, and the makers' tags that mote knows.
constexpr auto kNames = std::to_array<Name>({{254, "NewSubfileType"},
                                             {255, "SubfileType"},
                                             {256, "ImageWidth"},
                                             {257, "ImageLength"},
                                             {258, "BitsPerSample"},
                                             {259, "Compression"},
                                             {262, "PhotometricInterpretation"},
                                             {269, "DocumentName"},
                                             {270, "ImageDescription"},
                                             {271, "Make"},
                                             {272, "Model"},
                                             {274, "Orientation"},
                                             {277, "SamplesPerPixel"},
                                             {280, "MinSampleValue"},
                                             {281, "MaxSampleValue"},
                                             {282, "XResolution"},
                                             {283, "YResolution"},
                                             {284, "PlanarConfiguration"},
                                             {285, "PageName"},
                                             {286, "XPosition"},
                                             {287, "YPosition"},
                                             {296, "ResolutionUnit"},
                                             {297, "PageNumber"},
                                             {305, "Software"},
                                             {306, "DateTime"},
                                             {315, "Artist"},
                                             {316, "HostComputer"},
                                             {317, "Predictor"},
                                             {338, "ExtraSamples"},
                                             {339, "SampleFormat"},
                                             {340, "SMinSampleValue"},
                                             {341, "SMaxSampleValue"},
                                             {33432, "Copyright"},
                                             {34118, "Zeiss SEM"},
                                             {34680, "FEI SFEG"},
                                             {34682, "FEI Helios"},
                                             {65003, "DigitalMicrograph unit of x"},
                                             {65004, "DigitalMicrograph unit of y"},
                                             {65006, "DigitalMicrograph origin of x"},
                                             {65007, "DigitalMicrograph origin of y"},
                                             {65009, "DigitalMicrograph scale of x"},
                                             {65010, "DigitalMicrograph scale of y"}});

// Offsets, sizes and tables of decoders.
constexpr auto kLeftOut =
    std::to_array<int>({273, 278, 279, 288, 289, 320, 322, 323, 324, 325, 330, 347});

std::string name_of(int tag) {
  const auto* found =
      std::find_if(kNames.begin(), kNames.end(), [&](const Name& one) { return one.tag == tag; });
  return found == kNames.end() ? fmt::format("tag {}", tag) : std::string(found->name);
}

template <typename T>
std::vector<T> values_of(const TiffField& field, bool big_endian) {
  std::vector<T> values(std::min(field.bytes.size() / sizeof(T), kMostValues));
  if (!values.empty()) {
    std::memcpy(values.data(), field.bytes.data(), values.size() * sizeof(T));
  }
  const bool foreign = big_endian != (std::endian::native == std::endian::big);
  for (T& value : values) {
    value = foreign ? byte_swapped(value) : value;
  }
  return values;
}

template <typename T>
std::string list_of(const TiffField& field, bool big_endian) {
  const size_t all = field.bytes.size() / sizeof(T);
  std::string text = fmt::format("{}", fmt::join(values_of<T>(field, big_endian), ", "));
  return all > kMostValues ? fmt::format("{}, ... ({} values)", text, all) : text;
}

template <typename T>
std::string quotient_of(const TiffField& field, bool big_endian) {
  const std::vector<T> parts = values_of<T>(field, big_endian);
  std::string text;
  for (size_t i = 0; i + 1 < parts.size(); i += 2) {
    text += fmt::format("{}{}/{}", i == 0 ? "" : ", ", parts[i], parts[i + 1]);
  }
  return text;
}

/// Empty for an empty text.
std::string text_of(const TiffField& field, bool big_endian) {
  switch (field.type) {
    case kAscii: {
      std::string text = to_utf8(std::string_view(field.bytes).substr(0, field.bytes.find('\0')));
      text.erase(text.find_last_not_of(" \r\n") + 1);
      return text;
    }
    case kShort: return list_of<uint16_t>(field, big_endian);
    case kLong: return list_of<uint32_t>(field, big_endian);
    case kRational: return quotient_of<uint32_t>(field, big_endian);
    case kSignedShort: return list_of<int16_t>(field, big_endian);
    case kSignedLong: return list_of<int32_t>(field, big_endian);
    case kSignedRational: return quotient_of<int32_t>(field, big_endian);
    case kFloat: return list_of<float>(field, big_endian);
    case kDouble: return list_of<double>(field, big_endian);
    case kLong8: return list_of<uint64_t>(field, big_endian);
    case kSignedLong8: return list_of<int64_t>(field, big_endian);
    default: break;
  }
  const bool is_number = field.bytes.size() == 1 && field.type != kUndefined;
  return is_number ? fmt::format("{}", static_cast<unsigned char>(field.bytes[0]))
                   : fmt::format("{} bytes", field.bytes.size());
}

}  // namespace

std::map<std::string, std::string> tiff_metadata(const File& file, const TiffChain& chain,
                                                 const TiffDirectory& directory) {
  std::map<std::string, std::string> metadata;
  for (const int tag : tiff_tags(file, chain, directory)) {
    if (std::find(kLeftOut.begin(), kLeftOut.end(), tag) != kLeftOut.end()) {
      continue;
    }
    const std::optional<TiffField> field = tiff_field(file, chain, directory, tag);
    if (std::string text = field ? text_of(*field, chain.big_endian) : ""; !text.empty()) {
      metadata[name_of(tag)] = std::move(text);
    }
  }
  return metadata;
}

}  // namespace mote::io
