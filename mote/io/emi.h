#pragma once

#include <map>
#include <optional>
#include <string>

namespace mote::io {

/// What the EMI file of FEI's TIA says beside a SER file.
struct EmiDescription {
  std::optional<double> frame_time_s;  ///< of a scan
  std::optional<double> exposure_s;    ///< of a camera
  std::map<std::string, std::string> instrument;
  std::map<std::string, std::string> metadata;
};

/// Reads the first `<ObjectInfo>` in `NAME.emi` for `NAME_1.ser`; of files over 64 MiB the part
/// before. Nothing where there is no such file, or no such text in it.
std::optional<EmiDescription> read_emi_beside(const std::string& ser_path);

}  // namespace mote::io
