#include "mote/io/tiff_writer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#include <libdeflate.h>

#include "mote/core/error.h"
#include "mote/io/imagej.h"
#include "mote/io/output_file.h"

namespace mote::io {
namespace {

// Strips of about this size: readers hold little at a time and may decode them side by side.
constexpr int64_t kStripBytes = 256 << 10;
constexpr int64_t kClassicLimit = std::numeric_limits<uint32_t>::max();

constexpr uint16_t kDescriptionTag = 270;

enum FieldType : uint16_t { kAscii = 2, kShort = 3, kLong = 4, kRational = 5, kLong8 = 16 };

void append(std::vector<uint8_t>& bytes, const void* from, size_t count) {
  const size_t before = bytes.size();
  bytes.resize(before + count);
  std::memcpy(bytes.data() + before, from, count);
}

template <typename T>
void append_value(std::vector<uint8_t>& bytes, T value) {
  append(bytes, &value, sizeof value);
}

// One entry of a directory, its value as it goes into the file.
struct Field {
  uint16_t tag = 0;
  FieldType type = kShort;
  uint64_t count = 1;
  std::vector<uint8_t> value;
};

Field short_field(uint16_t tag, uint16_t number) {
  Field field{.tag = tag, .type = kShort};
  append_value(field.value, number);
  return field;
}

Field long_field(uint16_t tag, int64_t number) {
  Field field{.tag = tag, .type = kLong};
  append_value(field.value, static_cast<uint32_t>(number));
  return field;
}

Field text_field(uint16_t tag, const std::string& text) {
  Field field{.tag = tag, .type = kAscii, .count = text.size() + 1};
  append(field.value, text.c_str(), text.size() + 1);
  return field;
}

Field offsets_field(uint16_t tag, const std::vector<int64_t>& offsets, bool big) {
  Field field{.tag = tag, .type = big ? kLong8 : kLong, .count = offsets.size()};
  for (const int64_t offset : offsets) {
    if (big) {
      append_value(field.value, static_cast<uint64_t>(offset));
    } else {
      append_value(field.value, static_cast<uint32_t>(offset));
    }
  }
  return field;
}

// Pixels per unit where a pixel is `units` long: the fraction with 32-bit terms that is nearest, by
// continued fractions, so that 0.21 comes back as 0.21.
Field resolution_field(uint16_t tag, double units) {
  uint64_t before_n = 0;
  uint64_t n = 1;
  uint64_t before_d = 1;
  uint64_t d = 0;
  double rest = units;
  for (int i = 0; i < 64; ++i) {
    const double whole = std::floor(rest);
    const double next_n = whole * static_cast<double>(n) + static_cast<double>(before_n);
    const double next_d = whole * static_cast<double>(d) + static_cast<double>(before_d);
    if (next_n > kClassicLimit || next_d > kClassicLimit) {
      break;
    }
    before_n = std::exchange(n, static_cast<uint64_t>(next_n));
    before_d = std::exchange(d, static_cast<uint64_t>(next_d));
    if (static_cast<double>(n) / static_cast<double>(d) == units || rest == whole) {
      break;
    }
    rest = 1 / (rest - whole);
  }
  Field field{.tag = tag, .type = kRational};
  append_value(field.value, static_cast<uint32_t>(d));
  append_value(field.value, static_cast<uint32_t>(n));
  return field;
}

uint16_t sample_format(SampleType type) {
  switch (type) {
    case SampleType::kUint8:
    case SampleType::kUint16:
    case SampleType::kUint32: return 1;
    case SampleType::kInt8:
    case SampleType::kInt16:
    case SampleType::kInt32: return 2;
    default: return 3;
  }
}

// ImageJ takes `images` of an uncompressed file to lie in one piece, which they do not here.
std::string imagej_description(const TiffWriterOptions& options) {
  std::string text = "ImageJ=1.53t\n";
  if (options.frames > 1) {
    if (options.compress) {
      text += fmt::format("images={}\n", options.frames);
    }
    text += fmt::format("frames={}\nhyperstack=true\nmode=grayscale\n", options.frames);
  }
  if (options.pixel_size) {
    text += "unit=nm\n";
  }
  if (options.frame_interval) {
    text += fmt::format("finterval={}\n", options.frame_interval->seconds);
  }
  return text + "loop=false\n" + imagej_instrument(options.instrument);
}

struct CompressorFreer {
  void operator()(libdeflate_compressor* compressor) const {
    libdeflate_free_compressor(compressor);
  }
};

}  // namespace

struct TiffWriter::Impl {
  Impl(const std::string& path_of_file, const TiffWriterOptions& writer_options)
      : path(path_of_file), file(path_of_file), options(writer_options) {}

  std::string path;
  OutputFile file;
  TiffWriterOptions options;
  std::unique_ptr<libdeflate_compressor, CompressorFreer> compressor;
  bool big = false;
  int64_t pages = 0;
  int64_t end = 0;             // of the file
  int64_t next_offset_at = 0;  // where the offset of the next directory belongs
  int64_t description_at = 0;  // where the first directory has its description's entry
  std::vector<uint8_t> chunk;  // what is to be written from `end` on

  void start(int64_t page_bytes);
  void write(const uint8_t* pixels, Size size, SampleType type);
  int64_t append_strip(const uint8_t* bytes, int64_t count);
  void append_directory(const std::vector<Field>& fields);
  void replace_description(const std::function<std::string()>& next);
  int64_t position() const { return end + static_cast<int64_t>(chunk.size()); }
  void align() { chunk.resize(chunk.size() + static_cast<size_t>(position() % 2)); }
  void append_offset(int64_t offset) {
    if (big) {
      append_value(chunk, static_cast<uint64_t>(offset));
    } else {
      append_value(chunk, static_cast<uint32_t>(offset));
    }
  }
};

void TiffWriter::Impl::start(int64_t page_bytes) {
  // Room for directories and for what compression adds to noise.
  constexpr double kMargin = 0.99;
  const auto expected = static_cast<double>(
      options.bytes_expected > 0 ? options.bytes_expected : page_bytes * options.frames);
  big = expected > kMargin * static_cast<double>(kClassicLimit);
  if (options.compress) {
    compressor.reset(libdeflate_alloc_compressor(1));
    if (!compressor) {
      throw Error(ErrorKind::kResource, "{}: no memory to compress it", path);
    }
  }
  append(chunk, std::endian::native == std::endian::little ? "II" : "MM", 2);
  if (big) {
    append_value<uint16_t>(chunk, 43);
    append_value<uint16_t>(chunk, 8);
    append_value<uint16_t>(chunk, 0);
  } else {
    append_value<uint16_t>(chunk, 42);
  }
  next_offset_at = position();
  append_offset(0);
  file.write_at(0, chunk.data(), static_cast<int64_t>(chunk.size()));
  end = static_cast<int64_t>(chunk.size());
}

int64_t TiffWriter::Impl::append_strip(const uint8_t* bytes, int64_t count) {
  const auto size = static_cast<size_t>(count);
  if (!compressor) {
    append(chunk, bytes, size);
    return count;
  }
  const size_t before = chunk.size();
  chunk.resize(before + libdeflate_zlib_compress_bound(compressor.get(), size));
  const size_t packed = libdeflate_zlib_compress(compressor.get(), bytes, size,
                                                 chunk.data() + before, chunk.size() - before);
  chunk.resize(before + packed);
  return static_cast<int64_t>(packed);
}

void TiffWriter::Impl::append_directory(const std::vector<Field>& fields) {
  const size_t inline_bytes = big ? 8 : 4;
  // Values that do not fit into their entries go in front of the directory.
  std::vector<int64_t> value_at;
  for (const Field& field : fields) {
    align();
    value_at.push_back(position());
    if (field.value.size() > inline_bytes) {
      append(chunk, field.value.data(), field.value.size());
    }
  }
  align();
  const int64_t directory = position();
  if (big) {
    append_value(chunk, static_cast<uint64_t>(fields.size()));
  } else {
    append_value(chunk, static_cast<uint16_t>(fields.size()));
  }
  for (size_t i = 0; i < fields.size(); ++i) {
    const Field& field = fields[i];
    if (field.tag == kDescriptionTag) {
      description_at = position();
    }
    append_value(chunk, field.tag);
    append_value(chunk, static_cast<uint16_t>(field.type));
    append_offset(static_cast<int64_t>(field.count));
    if (field.value.size() > inline_bytes) {
      append_offset(value_at[i]);
    } else {
      append(chunk, field.value.data(), field.value.size());
      chunk.resize(chunk.size() + inline_bytes - field.value.size());
    }
  }
  const int64_t link_at = position();
  append_offset(0);
  if (!big && position() > kClassicLimit) {
    throw Error(ErrorKind::kUsage,
                "{}: more than the {} bytes announced were written, too many for a classic TIFF",
                path, options.bytes_expected);
  }

  // The page first, then the link to it: a file that is cut off ends with its last whole page.
  file.write_at(end, chunk.data(), static_cast<int64_t>(chunk.size()));
  end = position();
  chunk.clear();
  append_offset(directory);
  file.write_at(next_offset_at, chunk.data(), static_cast<int64_t>(chunk.size()));
  next_offset_at = link_at;
}

void TiffWriter::Impl::replace_description(const std::function<std::string()>& next) {
  chunk.clear();
  align();
  const int64_t text_at = position();
  for (std::string piece = next(); !piece.empty(); piece = next()) {
    append(chunk, piece.data(), piece.size());
    file.write_at(end, chunk.data(), static_cast<int64_t>(chunk.size()));
    end = position();
    chunk.clear();
  }
  append_value<uint8_t>(chunk, 0);
  file.write_at(end, chunk.data(), static_cast<int64_t>(chunk.size()));
  end = position();
  if (!big && end > kClassicLimit) {
    throw Error(ErrorKind::kUsage, "{}: too many bytes for a classic TIFF", path);
  }
  // The text first, then the entry that points to it: its count and offset, behind tag and type.
  chunk.clear();
  append_offset(end - text_at);
  append_offset(text_at);
  file.write_at(description_at + 4, chunk.data(), static_cast<int64_t>(chunk.size()));
  chunk.clear();
}

void TiffWriter::Impl::write(const uint8_t* pixels, Size size, SampleType type) {
  const int64_t row_bytes = size.width * bytes_per_sample(type);
  if (size.area() == 0) {
    throw Error(ErrorKind::kUsage, "{}: a page of {} x {} px", path, size.width, size.height);
  }
  if (pages == 0) {
    start(row_bytes * size.height);
  }
  chunk.clear();
  align();
  const int64_t rows_per_strip = std::clamp<int64_t>(kStripBytes / row_bytes, 1, size.height);
  std::vector<int64_t> offsets;
  std::vector<int64_t> counts;
  for (int64_t y = 0; y < size.height; y += rows_per_strip) {
    const int64_t rows = std::min(rows_per_strip, size.height - y);
    offsets.push_back(position());
    counts.push_back(append_strip(pixels + y * row_bytes, rows * row_bytes));
  }

  constexpr uint16_t kNoCompression = 1;
  constexpr uint16_t kDeflate = 8;
  std::vector<Field> fields{
      long_field(256, size.width),
      long_field(257, size.height),
      short_field(258, static_cast<uint16_t>(8 * bytes_per_sample(type))),
      short_field(259, compressor ? kDeflate : kNoCompression),
      short_field(262, 1),
  };
  if (pages == 0) {
    fields.push_back(text_field(kDescriptionTag, options.description.empty()
                                                     ? imagej_description(options)
                                                     : options.description));
  }
  fields.push_back(offsets_field(273, offsets, big));
  fields.push_back(short_field(277, 1));
  fields.push_back(long_field(278, rows_per_strip));
  fields.push_back(offsets_field(279, counts, big));
  if (options.pixel_size && options.description.empty()) {
    fields.push_back(resolution_field(282, options.pixel_size->x_nm));
    fields.push_back(resolution_field(283, options.pixel_size->y_nm));
  }
  fields.push_back(short_field(296, 1));
  fields.push_back(short_field(339, sample_format(type)));
  append_directory(fields);
  ++pages;
}

TiffWriter::TiffWriter(const std::string& path, const TiffWriterOptions& options)
    : impl_(std::make_unique<Impl>(path, options)) {}

TiffWriter::~TiffWriter() = default;

void TiffWriter::write(const Image& page) {
  impl_->write(reinterpret_cast<const uint8_t*>(page.bytes()), page.size(), page.type());
}

void TiffWriter::write(const LabelImage& page) {
  impl_->write(reinterpret_cast<const uint8_t*>(page.data()), page.size(), SampleType::kInt32);
}

void TiffWriter::replace_description(const std::function<std::string()>& next) {
  impl_->replace_description(next);
}

void TiffWriter::close() {
  impl_->file.sync_and_close();
}

}  // namespace mote::io
