#include "mote/video/yuv.h"

#include <algorithm>

namespace mote::video {
namespace {

// BT.709 in units of 2^-16: Y = 0.2126 R + 0.7152 G + 0.0722 B scaled by 219/255, and
// Cb = (B - Y) / 1.8556, Cr = (R - Y) / 1.5748 scaled by 224/255. Each chroma row sums to 0, so
// that grey has none.
constexpr int kYr = 11966, kYg = 40254, kYb = 4064;
constexpr int kBr = -6596, kBg = -22189, kBb = 28785;
constexpr int kRr = 28785, kRg = -26145, kRb = -2640;
constexpr int kHalf = 1 << 15;

uint8_t luma(const Rgb& p) {
  return static_cast<uint8_t>(((kYr * p.r + kYg * p.g + kYb * p.b + kHalf) >> 16) + 16);
}

}  // namespace

void to_yuv420(const Picture& picture, AVFrame& frame) {
  const int64_t last_x = picture.width() - 1;
  for (int64_t y = 0; y < frame.height; y += 2) {
    const Rgb* upper = picture.row(y);
    const Rgb* lower = picture.row(std::min(y + 1, picture.height() - 1));
    uint8_t* luma_upper = frame.data[0] + y * frame.linesize[0];
    uint8_t* luma_lower = luma_upper + frame.linesize[0];
    uint8_t* cb = frame.data[1] + y / 2 * frame.linesize[1];
    uint8_t* cr = frame.data[2] + y / 2 * frame.linesize[2];
    for (int64_t x = 0; x < frame.width; x += 2) {
      const int64_t right = std::min(x + 1, last_x);
      const Rgb pixels[] = {upper[x], upper[right], lower[x], lower[right]};
      luma_upper[x] = luma(pixels[0]);
      luma_upper[x + 1] = luma(pixels[1]);
      luma_lower[x] = luma(pixels[2]);
      luma_lower[x + 1] = luma(pixels[3]);
      int r = 0;
      int g = 0;
      int b = 0;
      for (const Rgb& pixel : pixels) {
        r += pixel.r;
        g += pixel.g;
        b += pixel.b;
      }
      cb[x / 2] = static_cast<uint8_t>(((kBr * r + kBg * g + kBb * b + 4 * kHalf) >> 18) + 128);
      cr[x / 2] = static_cast<uint8_t>(((kRr * r + kRg * g + kRb * b + 4 * kHalf) >> 18) + 128);
    }
  }
}

}  // namespace mote::video
