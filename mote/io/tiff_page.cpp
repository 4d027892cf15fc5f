#include "mote/io/tiff_page.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <tiffio.h>

#include "mote/core/error.h"
#include "mote/io/grey.h"
#include "mote/io/tiff_rows.h"
#include "mote/io/tiff_view.h"

namespace mote::io {
namespace {

// How many bytes one stored byte can stand for at most.
double expansion(int compression) {
  switch (compression) {
    case COMPRESSION_NONE: return 1;
    case COMPRESSION_PACKBITS: return 64;
    case COMPRESSION_LZW: return 4096;
    case COMPRESSION_DEFLATE:
    case COMPRESSION_ADOBE_DEFLATE: return 1032;
    case COMPRESSION_OJPEG:
    case COMPRESSION_JPEG: return 2048;
    default: return 65536;
  }
}

template <typename T>
T field(TIFF* tiff, uint32_t tag, T otherwise) {
  T value = otherwise;
  TIFFGetFieldDefaulted(tiff, tag, &value);
  return value;
}

std::string text_field(TIFF* tiff, uint32_t tag) {
  const char* text = nullptr;
  return TIFFGetField(tiff, tag, &text) == 1 && text != nullptr ? text : "";
}

std::string compression_name(uint16_t compression) {
  const TIFFCodec* codec = TIFFFindCODEC(compression);
  return codec != nullptr ? codec->name : fmt::format("number {}", compression);
}

}  // namespace

struct TiffPage::Impl {
  TiffView view;
  TiffHandle tiff;
  TiffPageInfo info;
  TiffRowFormat stored;

  uint32_t width = 0;
  uint32_t height = 0;
  uint16_t compression = COMPRESSION_NONE;
  uint16_t photometric = PHOTOMETRIC_MINISBLACK;
  bool convert_by_rgba = false;  // a colour space that libtiff turns into RGBA
  bool inverted = false;

  TIFF* handle() const { return tiff.get(); }

  void describe();
  void describe_samples();
  void describe_colour();
  void check_samples() const;
  void check_claims() const;
  void describe_storage();
  void describe_texts();
  void read_palette();
  Error failure(const char* what) const;

  void decode_block(uint32_t block, void* to, int64_t expected);
  void decode_into(Image& image);
  void decode_strips_directly(Image& image);
  void decode_rgba(Image& image);
  bool stored_as_read() const {
    return stored.samples == 1 && stored.palette.empty() && stored.wide == WideIntegers::kNone &&
           stored.bits == 8 * bytes_per_sample(info.type);
  }
  Image finished(Image image) const;
};

Error TiffPage::Impl::failure(const char* what) const {
  const std::string& why = view.error.empty() ? view.jpeg_warning : view.error;
  return Error(ErrorKind::kBadFile, "{}{}{}", what, why.empty() ? "" : ": ", why);
}

void TiffPage::Impl::describe() {
  describe_samples();
  describe_colour();
  if (!convert_by_rgba) {
    check_samples();
  }
  check_claims();
  describe_storage();
  describe_texts();
}

void TiffPage::Impl::describe_samples() {
  TIFF* t = handle();
  if (TIFFGetField(t, TIFFTAG_IMAGEWIDTH, &width) != 1 ||
      TIFFGetField(t, TIFFTAG_IMAGELENGTH, &height) != 1 || width == 0 || height == 0) {
    throw Error(ErrorKind::kBadFile, "TIFF image of {} x {} px", width, height);
  }
  stored.bits = field<uint16_t>(t, TIFFTAG_BITSPERSAMPLE, 1);
  stored.samples = field<uint16_t>(t, TIFFTAG_SAMPLESPERPIXEL, 1);
  compression = field<uint16_t>(t, TIFFTAG_COMPRESSION, COMPRESSION_NONE);
  const auto planar = field<uint16_t>(t, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
  stored.separate = planar == PLANARCONFIG_SEPARATE && stored.samples > 1;
  if (TIFFIsCODECConfigured(compression) == 0) {
    throw Error(ErrorKind::kUnsupported, "TIFF compression {}: the installed libtiff lacks it",
                compression_name(compression));
  }
  info.size = {.height = height, .width = width};
  const int format = field<uint16_t>(t, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
  info.type = sample_type(format, stored.bits);
  stored.wide = wide_integers_of(format, stored.bits);
}

void TiffPage::Impl::describe_colour() {
  TIFF* t = handle();
  if (TIFFGetField(t, TIFFTAG_PHOTOMETRIC, &photometric) != 1) {
    photometric = stored.samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
  }
  switch (photometric) {
    case PHOTOMETRIC_MINISBLACK:
    case PHOTOMETRIC_MASK: break;
    case PHOTOMETRIC_MINISWHITE: inverted = true; break;
    case PHOTOMETRIC_PALETTE: read_palette(); break;
    case PHOTOMETRIC_YCBCR:
      if (compression == COMPRESSION_JPEG && !stored.separate) {
        TIFFSetField(t, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
      } else {
        convert_by_rgba = true;
      }
      info.colour = true;
      break;
    case PHOTOMETRIC_RGB: info.colour = true; break;
    default: convert_by_rgba = true; info.colour = true;
  }
  stored.rgb = info.colour && stored.palette.empty();
  if (convert_by_rgba) {
    char why[1024] = "";
    if (TIFFRGBAImageOK(t, why) == 0) {
      throw Error(ErrorKind::kUnsupported, "TIFF colour that libtiff does not convert: {}", why);
    }
    info.type = SampleType::kUint8;
  }
}

void TiffPage::Impl::check_samples() const {
  if (inverted && stored.wide != WideIntegers::kNone) {
    throw Error(ErrorKind::kUnsupported, "TIFF of 64-bit integers in which 0 is white");
  }
  if (stored.rgb) {
    const bool convertible = info.type == SampleType::kUint8 || info.type == SampleType::kUint16 ||
                             info.type == SampleType::kFloat32;
    if (stored.samples < 3 || !convertible) {
      throw Error(ErrorKind::kUnsupported,
                  "TIFF in colour with {} samples of {}: mote reads three or more of uint8, uint16 "
                  "or float32",
                  stored.samples, name(info.type));
    }
  } else if (stored.samples > 1) {
    uint16_t extra = 0;
    const uint16_t* kinds = nullptr;
    TIFFGetField(handle(), TIFFTAG_EXTRASAMPLES, &extra, &kinds);
    const bool alpha = stored.samples == 2 && extra == 1 && kinds[0] != EXTRASAMPLE_UNSPECIFIED;
    if (!alpha) {
      throw Error(ErrorKind::kUnsupported,
                  "TIFF with {} grey samples a pixel: mote reads one, with or without alpha",
                  stored.samples);
    }
  }
}

// A header is a claim: nothing is reserved that the file could not hold.
void TiffPage::Impl::check_claims() const {
  const auto file_bytes = static_cast<double>(view.file->bytes());
  const double pixel_bytes = stored.bits * stored.samples / 8.0;
  // Subsampled colour is stored in fewer bytes than it has samples.
  const double most =
      65536 + file_bytes * expansion(compression) * (photometric == PHOTOMETRIC_YCBCR ? 4 : 1);
  double claimed = static_cast<double>(width) * height * pixel_bytes;
  if (TIFFIsTiled(handle()) != 0) {
    claimed =
        std::max(claimed, static_cast<double>(field<uint32_t>(handle(), TIFFTAG_TILEWIDTH, 0)) *
                              field<uint32_t>(handle(), TIFFTAG_TILELENGTH, 0) * pixel_bytes);
  }
  if (claimed > most) {
    throw Error(ErrorKind::kBadFile,
                "TIFF image claims {} x {} px in {:.3g} bytes, the file has {}", width, height,
                claimed, view.file->bytes());
  }
  const double decoded = std::max(claimed, static_cast<double>(width) * height *
                                               static_cast<double>(bytes_per_sample(info.type)));
  if (decoded > kMaxTiffImageBytes) {
    throw Error(ErrorKind::kUnsupported, "TIFF image of {} x {} px: mote reads up to 4 GiB a frame",
                width, height);
  }
}

void TiffPage::Impl::describe_storage() {
  TIFF* t = handle();
  const uint64_t blocks = TIFFIsTiled(t) != 0 ? TIFFNumberOfTiles(t) : TIFFNumberOfStrips(t);
  info.data_bytes = static_cast<int64_t>(height) * stored.row_bytes(width) *
                    (stored.separate ? stored.samples : 1);
  info.data_offset = static_cast<int64_t>(TIFFGetStrileOffset(t, 0));
  info.contiguous = compression == COMPRESSION_NONE && TIFFIsTiled(t) == 0 && !stored.separate &&
                    !convert_by_rgba && info.data_offset > 0;
  for (uint64_t i = 1; info.contiguous && i < blocks; ++i) {
    info.contiguous = TIFFGetStrileOffset(t, static_cast<uint32_t>(i)) ==
                      TIFFGetStrileOffset(t, static_cast<uint32_t>(i - 1)) +
                          TIFFGetStrileByteCount(t, static_cast<uint32_t>(i - 1));
  }
}

void TiffPage::Impl::describe_texts() {
  TIFF* t = handle();
  info.resolution_unit = field<uint16_t>(t, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
  info.description = text_field(t, TIFFTAG_IMAGEDESCRIPTION);
  info.metadata["compression"] = compression_name(compression);
}

void TiffPage::Impl::read_palette() {
  const uint16_t* red = nullptr;
  const uint16_t* green = nullptr;
  const uint16_t* blue = nullptr;
  if (stored.bits > 16 || stored.samples != 1 ||
      (info.type != SampleType::kUint8 && info.type != SampleType::kUint16) ||
      TIFFGetField(handle(), TIFFTAG_COLORMAP, &red, &green, &blue) != 1) {
    throw Error(ErrorKind::kBadFile, "TIFF with a palette that is missing or too large");
  }
  const size_t entries = size_t{1} << stored.bits;
  // Entries have 16 bits; some writers fill in the lower 8 only.
  uint16_t largest = 0;
  for (size_t i = 0; i < entries; ++i) {
    largest = std::max({largest, red[i], green[i], blue[i]});
  }
  const int shift = largest > 255 ? 8 : 0;
  std::vector<uint8_t> colours;
  for (size_t i = 0; i < entries; ++i) {
    for (const uint16_t value : {red[i], green[i], blue[i]}) {
      colours.push_back(static_cast<uint8_t>(value >> shift));
    }
  }
  stored.palette.resize(entries);
  grey_row(colours.data(), static_cast<int64_t>(entries), 3, stored.palette.data());
  info.type = SampleType::kUint8;
  info.colour = true;
}

void TiffPage::Impl::decode_block(uint32_t block, void* to, int64_t expected) {
  const tmsize_t got = TIFFIsTiled(handle()) != 0
                           ? TIFFReadEncodedTile(handle(), block, to, expected)
                           : TIFFReadEncodedStrip(handle(), block, to, expected);
  if (got < expected || !view.jpeg_warning.empty()) {
    throw failure("the image data is cut off or damaged");
  }
}

void TiffPage::Impl::decode_strips_directly(Image& image) {
  const int64_t rows = std::min(height, field<uint32_t>(handle(), TIFFTAG_ROWSPERSTRIP, height));
  const int64_t bytes_a_row = stored.row_bytes(width);
  uint32_t strip = 0;
  for (int64_t y = 0; y < height; y += rows, ++strip) {
    decode_block(strip, image.bytes() + y * bytes_a_row, std::min(rows, height - y) * bytes_a_row);
  }
}

void TiffPage::Impl::decode_into(Image& image) {
  TIFF* t = handle();
  const bool tiled = TIFFIsTiled(t) != 0;
  if (!tiled && stored_as_read()) {
    return decode_strips_directly(image);
  }
  const int64_t block_width = tiled ? field<uint32_t>(t, TIFFTAG_TILEWIDTH, 0) : width;
  const int64_t block_height =
      tiled ? field<uint32_t>(t, TIFFTAG_TILELENGTH, 0)
            : std::min(height, field<uint32_t>(t, TIFFTAG_ROWSPERSTRIP, height));
  if (block_width == 0 || block_height == 0) {
    throw Error(ErrorKind::kBadFile, "TIFF image with tiles or strips of no size");
  }
  const int64_t bytes_a_row = stored.row_bytes(block_width);
  std::vector<std::vector<uint8_t>> planes(stored.separate && stored.rgb ? 3 : 1);
  for (int64_t y = 0; y < height; y += block_height) {
    const int64_t rows = std::min(block_height, height - y);
    for (int64_t x = 0; x < width; x += block_width) {
      for (size_t plane = 0; plane < planes.size(); ++plane) {
        const auto sample = static_cast<uint16_t>(plane);
        const uint32_t block = tiled ? TIFFComputeTile(t, static_cast<uint32_t>(x),
                                                       static_cast<uint32_t>(y), 0, sample)
                                     : TIFFComputeStrip(t, static_cast<uint32_t>(y), sample);
        planes[plane].resize(static_cast<size_t>((tiled ? block_height : rows) * bytes_a_row));
        decode_block(block, planes[plane].data(), static_cast<int64_t>(planes[plane].size()));
      }
      const Box box{.y = y, .x = x, .height = rows, .width = std::min(block_width, width - x)};
      convert_rows(stored, planes, bytes_a_row, box, image);
    }
  }
}

void TiffPage::Impl::decode_rgba(Image& image) {
  std::vector<uint32_t> raster(static_cast<size_t>(image.size().area()));
  const int orientation = field<uint16_t>(handle(), TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
  if (TIFFReadRGBAImageOriented(handle(), width, height, raster.data(), orientation, 1) == 0 ||
      !view.jpeg_warning.empty()) {
    throw failure("the image data is cut off or damaged");
  }
  std::vector<uint8_t> row(static_cast<size_t>(width) * 3);
  for (int64_t y = 0; y < height; ++y) {
    for (int64_t x = 0; x < width; ++x) {
      const uint32_t pixel = raster[static_cast<size_t>(y * width + x)];
      row[static_cast<size_t>(3 * x)] = static_cast<uint8_t>(TIFFGetR(pixel));
      row[static_cast<size_t>(3 * x + 1)] = static_cast<uint8_t>(TIFFGetG(pixel));
      row[static_cast<size_t>(3 * x + 2)] = static_cast<uint8_t>(TIFFGetB(pixel));
    }
    grey_row(row.data(), width, 3, image.as<uint8_t>() + y * width);
  }
}

Image TiffPage::Impl::finished(Image image) const {
  if (inverted && !convert_by_rgba) {
    invert(image, stored.bits);
  }
  return image;
}

TiffPage::TiffPage(const File& file, const TiffChain& chain, const TiffDirectory& directory)
    : impl_(std::make_unique<Impl>()) {
  TiffView& view = impl_->view;
  view.file = &file;
  view.big = chain.big;
  view.next_offset_at = directory.next_offset_at;
  const int width = chain.big ? 8 : 4;
  for (int i = 0; i < width; ++i) {
    const int shift = 8 * (chain.big_endian ? width - 1 - i : i);
    view.first_offset[i] = static_cast<uint8_t>(static_cast<uint64_t>(directory.offset) >> shift);
  }
  impl_->tiff = open_tiff_view(view);
  impl_->describe();
}

TiffPage::~TiffPage() = default;

const TiffPageInfo& TiffPage::info() const {
  return impl_->info;
}

void TiffPage::ignore_display_tables() {
  impl_->inverted = false;
  if (!impl_->stored.palette.empty()) {
    impl_->stored.palette.clear();
    impl_->info.colour = false;
    impl_->info.type = impl_->stored.bits > 8 ? SampleType::kUint16 : SampleType::kUint8;
  }
}

Image TiffPage::read() {
  Image image = Image::unfilled(impl_->info.size, impl_->info.type);
  impl_->view.error.clear();
  if (impl_->convert_by_rgba) {
    impl_->decode_rgba(image);
  } else {
    impl_->decode_into(image);
  }
  return impl_->finished(std::move(image));
}

Image TiffPage::read_following(int64_t index) {
  const TiffPageInfo& info = impl_->info;
  const int64_t offset = info.data_offset + index * info.data_bytes;
  if (offset > impl_->view.file->bytes() - info.data_bytes) {
    throw Error(ErrorKind::kBadFile, "the file ends at byte {}, the image at {}",
                impl_->view.file->bytes(), offset + info.data_bytes);
  }
  std::vector<std::vector<uint8_t>> rows(1);
  rows[0].resize(static_cast<size_t>(info.data_bytes));
  if (impl_->view.file->read_at(offset, rows[0].data(), info.data_bytes) < info.data_bytes) {
    throw Error(ErrorKind::kBadFile, "the file has become shorter");
  }
  if (TIFFIsByteSwapped(impl_->handle()) != 0) {
    switch (impl_->stored.bits) {
      case 16:
        TIFFSwabArrayOfShort(reinterpret_cast<uint16_t*>(rows[0].data()), info.data_bytes / 2);
        break;
      case 32:
        TIFFSwabArrayOfLong(reinterpret_cast<uint32_t*>(rows[0].data()), info.data_bytes / 4);
        break;
      case 64:
        TIFFSwabArrayOfLong8(reinterpret_cast<uint64_t*>(rows[0].data()), info.data_bytes / 8);
        break;
      default: break;
    }
  }
  Image image = Image::unfilled(info.size, info.type);
  const Box whole{.height = info.size.height, .width = info.size.width};
  convert_rows(impl_->stored, rows, impl_->stored.row_bytes(info.size.width), whole, image);
  return impl_->finished(std::move(image));
}

}  // namespace mote::io
