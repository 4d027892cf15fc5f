#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "mote/core/frame_source.h"
#include "mote/io/hdf5_file.h"

namespace mote::io {

/// The metadata of one frame of a Velox file: values by their path in the JSON text, such as
/// `BinaryResult/PixelSize/width`. Velox writes numbers as texts.
class VeloxMetadata {
 public:
  /// Of text that is no JSON nothing is taken.
  explicit VeloxMetadata(std::string_view json);

  bool empty() const { return values_.empty(); }
  const std::map<std::string, std::string>& values() const { return values_; }
  std::string text(const std::string& path) const;  ///< empty where there is none
  std::optional<double> number(const std::string& path) const;

  /// Of what made the image: `BM-Ceta`, `HAADF`, ...; empty where it does not say.
  std::string detector() const { return text("BinaryResult/Detector"); }
  /// The detector's own value `name` under `Detectors`.
  std::string of_detector(const std::string& name) const;
  /// Whether a scan made the image point by point.
  bool is_scan() const { return of_detector("DetectorType") == "ScanningDetector"; }
  /// Whether it is a map computed from spectra, or none of a detector that makes images.
  bool is_map() const;
  /// Whether its axes are reciprocal lengths.
  bool is_reciprocal() const { return text("BinaryResult/PixelUnitX").starts_with("1/"); }
  /// The camera's time stamp.
  std::optional<double> stamp_us() const;

 private:
  std::map<std::string, std::string> values_;
  std::string own_;  // `Detectors/Detector-0/`, of what made the image
};

/// Column `frame` of the metadata of `image`, a path such as `/Data/Image/ID`; empty where there is
/// none.
VeloxMetadata velox_metadata(Hdf5File& file, const std::string& image, int64_t frame);

/// Pixel size, frame interval of a scan, exposure, microscope and all other values, with warnings.
void describe_velox(const VeloxMetadata& metadata, RecordingInfo& info);

}  // namespace mote::io
