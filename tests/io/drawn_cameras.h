// Norpix SEQ and Phantom CINE files made on the spot.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>

#include "tests/io/drawn_bytes.h"

namespace mote::io::drawn {

struct NorpixSpec {
  int32_t version = 5;
  uint32_t width = 4;
  uint32_t height = 3;
  uint32_t bits = 8;
  uint32_t kind = 100;
  uint32_t frames = 3;
  uint32_t step = 64;  ///< bytes from one image to the next
  uint32_t step_ms = 40;
};

/// Images of uint8 that count from 0.
inline std::string norpix_file(const NorpixSpec& spec = {}) {
  std::string bytes(spec.version >= 5 ? 8192 : 1024, '\0');
  put(bytes, 0, uint32_t{0xFEED});
  put_text(bytes, 4, std::string("N\0o\0r\0p\0i\0x\0 \0s\0e\0q\0", 20));
  put(bytes, 28, spec.version);
  put(bytes, 32, int32_t{1024});
  put_text(bytes, 36, std::string("a\0b\0", 4));
  const uint32_t pixels = spec.width * spec.height;
  const uint32_t numbers[] = {
      spec.width, spec.height, spec.bits,   spec.bits, pixels * spec.bits / 8,
      spec.kind,  spec.frames, uint32_t{0}, spec.step};
  for (size_t i = 0; i < 9; ++i) {
    put(bytes, 548 + 4 * i, numbers[i]);
  }
  put(bytes, 584, 25.0);
  for (uint32_t i = 0; i < spec.frames; ++i) {
    std::string image =
        counting<uint8_t>(int64_t{pixels} * (i + 1)).substr(static_cast<size_t>(pixels) * i);
    const uint32_t ms = i * spec.step_ms;
    image += bytes_of(1'500'000'000 + ms / 1000) + bytes_of(static_cast<uint16_t>(ms % 1000)) +
             bytes_of(uint16_t{500});
    image.resize(spec.step, '\0');
    bytes += image;
  }
  return bytes;
}

struct CineSpec {
  uint16_t compression = 0;
  int32_t width = 4;
  int32_t height = 3;
  uint16_t bits = 16;
  uint32_t packing = 0;
  uint32_t colours = 0;
  uint32_t images = 2;
  uint32_t rate_hz = 500;
  bool stamps = true;
};

/// Images of uint16 that count from 0 in the order of the file.
inline std::string cine_file(const CineSpec& spec = {}) {
  constexpr uint16_t kSetupBytes = 1000;
  std::string setup(kSetupBytes, '\0');
  put_text(setup, 140, "ST");
  put(setup, 142, kSetupBytes);
  put(setup, 768, spec.rate_hz);
  put(setup, 808, spec.colours);
  std::string blocks;
  if (spec.stamps) {
    blocks += bytes_of(8 + 8 * spec.images) + bytes_of(uint16_t{1002}) + bytes_of(uint16_t{1});
    for (uint32_t i = 0; i < spec.images; ++i) {
      blocks += bytes_of(i * 0x40000000U) + bytes_of(uint32_t{1'600'000'000});  // quarters
    }
    blocks += bytes_of(8 + 4 * spec.images) + bytes_of(uint16_t{1003}) + bytes_of(uint16_t{0});
    for (uint32_t i = 0; i < spec.images; ++i) {
      blocks += bytes_of(uint32_t{0x20000000});  // an eighth
    }
  }
  const auto offsets_at = static_cast<uint32_t>(84 + setup.size() + blocks.size());
  const auto pixels = static_cast<uint32_t>(spec.width * std::abs(spec.height));
  std::string offsets;
  std::string images;
  for (uint32_t i = 0; i < spec.images; ++i) {
    offsets += bytes_of(static_cast<int64_t>(offsets_at + 8 * spec.images + images.size()));
    images += bytes_of(uint32_t{8}) + bytes_of(2 * pixels) +
              counting<uint16_t>(int64_t{pixels} * (i + 1)).substr(size_t{2} * pixels * i);
  }
  const std::string header = "CI" + bytes_of(uint16_t{44}) + bytes_of(spec.compression) +
                             bytes_of(uint16_t{1}) + bytes_of(int32_t{-5}) + bytes_of(spec.images) +
                             bytes_of(int32_t{-5}) + bytes_of(spec.images) +
                             bytes_of(uint32_t{44}) + bytes_of(uint32_t{84}) +
                             bytes_of(offsets_at) + bytes_of(uint64_t{0});
  const std::string bitmap = bytes_of(uint32_t{40}) + bytes_of(spec.width) + bytes_of(spec.height) +
                             bytes_of(uint16_t{1}) + bytes_of(spec.bits) + bytes_of(spec.packing) +
                             std::string(20, '\0');
  return header + bitmap + setup + blocks + offsets + images;
}

}  // namespace mote::io::drawn
