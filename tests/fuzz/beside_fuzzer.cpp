// The bytes are what a program writes beside a recording: after an 'e' the EMI file of TIA, after
// an 'i' the text of Direct Electron's cameras.
#include <cmath>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

#include "mote/core/error.h"
#include "mote/io/direct_electron.h"
#include "mote/io/emi.h"
#include "tests/temporary_folder.h"

namespace {

void require(bool holds) {
  if (!holds) {
    __builtin_trap();
  }
}

bool positive(const std::optional<double>& value) {
  return !value || (std::isfinite(*value) && *value > 0);
}

void read_beside(const std::string& ending, const std::string& recording, std::string_view bytes) {
  static const mote::testing_support::TemporaryFolder folder;
  std::ofstream(folder / "a" + ending, std::ios::binary) << bytes;
  if (ending == ".emi") {
    const auto emi = mote::io::read_emi_beside(folder / recording);
    require(!emi || (positive(emi->frame_time_s) && positive(emi->exposure_s)));
  } else {
    mote::RecordingInfo info;
    mote::io::describe_direct_electron(folder / recording, 3, info);
    require(!info.pixel_size ||
            (positive(info.pixel_size->y_nm) && positive(info.pixel_size->x_nm)));
    require(!info.frame_interval || positive(info.frame_interval->seconds));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    if (bytes.front() == 'e') {
      read_beside(".emi", "a_1.ser", bytes.substr(1));
    } else if (bytes.front() == 'i') {
      read_beside("_info.txt", "a_movie.mrc", bytes.substr(1));
    }
  } catch (const mote::Error&) {
    return 0;
  }
  return 0;
}
