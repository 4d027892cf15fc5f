// Small files made on the spot, by libtiff, libpng and libjpeg themselves.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <png.h>
#include <tiffio.h>

#include "tests/temporary_folder.h"

namespace mote::io::files {

/// A folder of the running test's own, empty at first.
inline std::string folder() {
  static const testing_support::TemporaryFolder all;
  const testing::TestInfo* test = testing::UnitTest::GetInstance()->current_test_info();
  const std::string path = all / test->test_suite_name() + "_" + test->name() + "/";
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  return path;
}

inline void write(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary);
  file << bytes;
}

inline std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct TiffPageSpec {
  uint32_t height = 6;
  uint32_t width = 10;
  uint16_t bits = 8;
  uint16_t format = SAMPLEFORMAT_UINT;
  uint16_t samples = 1;
  uint16_t photometric = PHOTOMETRIC_MINISBLACK;
  uint16_t planar = PLANARCONFIG_CONTIG;
  uint16_t compression = COMPRESSION_NONE;
  uint16_t predictor = 0;
  uint32_t tile = 0;  ///< edge, a multiple of 16; 0 for strips
  uint32_t rows_per_strip = 4;
  uint32_t subfile_type = 0;
  std::string description;
  std::vector<uint16_t> palette;  ///< red, then green, then blue entries
  std::vector<uint8_t> bytes;     ///< as libtiff takes them; 0, 1, 2, ... where empty
};

inline void write_tiff_page(TIFF* tiff, const TiffPageSpec& page) {
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, page.width);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, page.height);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, page.bits);
  TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, page.format);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, page.samples);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, page.photometric);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, page.planar);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, page.compression);
  TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, page.subfile_type);
  if (page.compression == COMPRESSION_JPEG && page.photometric == PHOTOMETRIC_YCBCR) {
    TIFFSetField(tiff, TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  }
  if (page.predictor != 0) {
    TIFFSetField(tiff, TIFFTAG_PREDICTOR, page.predictor);
  }
  if (!page.description.empty()) {
    TIFFSetField(tiff, TIFFTAG_IMAGEDESCRIPTION, page.description.c_str());
  }
  if (!page.palette.empty()) {
    const size_t entries = page.palette.size() / 3;
    TIFFSetField(tiff, TIFFTAG_COLORMAP, page.palette.data(), page.palette.data() + entries,
                 page.palette.data() + 2 * entries);
  }
  if (page.tile != 0) {
    TIFFSetField(tiff, TIFFTAG_TILEWIDTH, page.tile);
    TIFFSetField(tiff, TIFFTAG_TILELENGTH, page.tile);
  } else {
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, page.rows_per_strip);
  }
  const bool separate = page.planar == PLANARCONFIG_SEPARATE;
  const size_t row_bytes = (size_t{page.width} * page.bits * (separate ? 1 : page.samples) + 7) / 8;
  std::vector<uint8_t> bytes = page.bytes;
  if (bytes.empty()) {
    bytes.resize(row_bytes * page.height * (separate ? page.samples : 1));
    for (size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<uint8_t>(i);
    }
  }
  const uint16_t planes = separate ? page.samples : uint16_t{1};
  for (uint16_t plane = 0; plane < planes; ++plane) {
    uint8_t* rows = bytes.data() + plane * row_bytes * page.height;
    if (page.tile == 0) {
      for (uint32_t y = 0; y < page.height; ++y) {
        TIFFWriteScanline(tiff, rows + y * row_bytes, y, plane);
      }
      continue;
    }
    const size_t pixel_bytes = row_bytes / page.width;
    const size_t tile_row = page.tile * pixel_bytes;
    for (uint32_t y = 0; y < page.height; y += page.tile) {
      for (uint32_t x = 0; x < page.width; x += page.tile) {
        std::vector<uint8_t> tile(tile_row * page.tile);
        for (uint32_t i = 0; i < page.tile && y + i < page.height; ++i) {
          std::copy_n(rows + (y + i) * row_bytes + x * pixel_bytes,
                      std::min<size_t>(tile_row, row_bytes - x * pixel_bytes),
                      tile.data() + i * tile_row);
        }
        TIFFWriteTile(tiff, tile.data(), x, y, 0, plane);
      }
    }
  }
  TIFFWriteDirectory(tiff);
}

/// `mode` is libtiff's: `w`, `w8` for BigTIFF, `wb` for big-endian.
inline void write_tiff(const std::string& path, const std::vector<TiffPageSpec>& pages,
                       const char* mode = "w") {
  TIFF* tiff = TIFFOpen(path.c_str(), mode);
  for (const TiffPageSpec& page : pages) {
    write_tiff_page(tiff, page);
  }
  TIFFClose(tiff);
}

struct PngSpec {
  uint32_t height = 2;
  uint32_t width = 4;
  int bits = 8;
  int colour_type = PNG_COLOR_TYPE_GRAY;
  int interlace = PNG_INTERLACE_NONE;
  std::vector<png_color> palette;
  bool at_300_dpi = false;
  std::vector<uint8_t> bytes;  ///< rows as PNG stores them, 16-bit numbers big-endian
};

inline void write_png_file(const std::string& path, PngSpec spec) {
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  std::FILE* file = std::fopen(path.c_str(), "wb");
  png_init_io(png, file);
  png_set_IHDR(png, info, spec.width, spec.height, spec.bits, spec.colour_type, spec.interlace,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (!spec.palette.empty()) {
    png_set_PLTE(png, info, spec.palette.data(), static_cast<int>(spec.palette.size()));
  }
  if (spec.at_300_dpi) {
    png_set_pHYs(png, info, 11811, 11811, PNG_RESOLUTION_METER);
  }
  png_write_info(png, info);
  std::vector<uint8_t*> rows;
  const size_t row_bytes = png_get_rowbytes(png, info);
  for (uint32_t y = 0; y < spec.height; ++y) {
    rows.push_back(spec.bytes.data() + y * row_bytes);
  }
  png_write_image(png, rows.data());
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  std::fclose(file);
}

}  // namespace mote::io::files
