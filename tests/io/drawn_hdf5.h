// Trees of HDF5 files as Velox, HyperSpy, Berkeley Lab and Nion write them, drawn in memory.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/io/memory_hdf5.h"

namespace mote::io::drawn {

struct VeloxSpec {
  std::string id = "26f60320";
  std::string detector = "BM-Ceta";
  std::string detector_type = "ImagingDetector";
  std::string unit = "m";
  std::string pixel = "8.5e-11";
  std::string composition;
  int64_t height = 2;
  int64_t width = 3;
  int64_t frames = 2;
  int64_t stamp_us = 1575540226238991;  ///< of the first frame; 0 for none
  int64_t step_us = 800000;
};

inline std::string velox_json(const VeloxSpec& spec, int64_t frame) {
  const std::string stamp =
      spec.stamp_us == 0
          ? ""
          : R"("Detectors[)" + spec.detector + R"(].TimeStamp": {"type": "int64", "value": ")" +
                std::to_string(spec.stamp_us + frame * spec.step_us) + R"("})";
  return R"({"Instrument": {"Manufacturer": "FEI Company", "InstrumentClass": "Titan"},
    "Acquisition": {"AcquisitionStartDatetime": {"DateTime": "1575540224"}},
    "Optics": {"AccelerationVoltage": "300000", "CameraLength": "0.478"},
    "Scan": {"FrameTime": "0.25", "DwellTime": "1e-05"},
    "Detectors": {"Detector-0": {"DetectorName": "Other", "ExposureTime": "9"},
      "Detector-1": {"DetectorName": ")" +
         spec.detector + R"(", "DetectorType": ")" + spec.detector_type +
         R"(", "ExposureTime": "0.8"}},
    "BinaryResult": {"Detector": ")" +
         spec.detector + R"(", "CompositionType": ")" + spec.composition +
         R"(", "PixelSize": {"width": ")" + spec.pixel + R"(", "height": ")" + spec.pixel +
         R"("}, "PixelUnitX": ")" + spec.unit + R"(", "PixelUnitY": ")" + spec.unit + R"("},
    "CustomProperties": {)" +
         stamp + "}}";
}

/// Adds an image: sample (y, x, frame) is its number in the order stored.
inline void add_velox_image(MemoryHdf5& file, const VeloxSpec& spec = {}) {
  const std::string path = "/Data/Image/" + spec.id;
  constexpr int64_t kColumn = 2000;
  std::vector<uint8_t> columns(static_cast<size_t>(kColumn * spec.frames));
  for (int64_t frame = 0; frame < spec.frames; ++frame) {
    const std::string json = velox_json(spec, frame);
    for (size_t i = 0; i < json.size(); ++i) {
      columns[i * static_cast<size_t>(spec.frames) + static_cast<size_t>(frame)] =
          static_cast<uint8_t>(json[i]);
    }
  }
  file.dataset(path + "/Data", StoredType::kInt16, {spec.height, spec.width, spec.frames},
               counted<int16_t>(spec.height * spec.width * spec.frames));
  file.dataset(path + "/Metadata", StoredType::kUint8, {kColumn, spec.frames}, columns);
}

inline std::shared_ptr<MemoryHdf5> velox_file(const VeloxSpec& spec = {}) {
  auto file = std::make_shared<MemoryHdf5>();
  add_velox_image(*file, spec);
  return file;
}

struct HyperspyAxisSpec {
  int64_t size = 2;
  std::string unit;
  double scale = 1;
  bool navigates = false;
  std::string name;
};

/// Adds a signal of int32 counting from 0.
inline void add_signal(MemoryHdf5& file, const std::string& name,
                       const std::vector<HyperspyAxisSpec>& axes) {
  const std::string path = "/Experiments/" + name;
  std::vector<int64_t> shape;
  int64_t samples = 1;
  for (size_t i = 0; i < axes.size(); ++i) {
    shape.push_back(axes[i].size);
    samples *= axes[i].size;
    file.group(path + "/axis-" + std::to_string(i), {{"scale", axes[i].scale},
                                                     {"units", axes[i].unit},
                                                     {"name", axes[i].name},
                                                     {"navigate", axes[i].navigates ? 1.0 : 0.0}});
  }
  file.dataset(path + "/data", StoredType::kInt32, shape, counted<int32_t>(samples));
  file.group(path + "/metadata/General", {{"title", name}, {"date", "2019-09-08"}});
  file.group(path + "/metadata/Acquisition_instrument/TEM",
             {{"microscope", "JEOL COM"}, {"beam_energy", 200.0}});
}

inline std::shared_ptr<MemoryHdf5> hyperspy_file(const std::vector<HyperspyAxisSpec>& axes) {
  auto file = std::make_shared<MemoryHdf5>();
  add_signal(*file, "drawn", axes);
  return file;
}

struct EmdAxisSpec {
  std::string name;
  std::string unit;
  std::vector<double> values;
};

/// Adds a group of float32 counting from 0, with `dim1`, `dim2`, ...
inline void add_emd_group(MemoryHdf5& file, const std::string& path,
                          const std::vector<int64_t>& shape, const std::vector<EmdAxisSpec>& axes) {
  int64_t samples = 1;
  for (const int64_t side : shape) {
    samples *= side;
  }
  file.group(path, {{"emd_group_type", 1.0}});
  file.dataset(path + "/data", StoredType::kFloat32, shape, counted<float>(samples));
  for (size_t i = 0; i < axes.size(); ++i) {
    file.dataset(path + "/dim" + std::to_string(i + 1), StoredType::kFloat64,
                 {static_cast<int64_t>(axes[i].values.size())}, axes[i].values,
                 {{"name", axes[i].name}, {"units", axes[i].unit}});
  }
}

inline std::shared_ptr<MemoryHdf5> emd_file(const std::vector<int64_t>& shape,
                                            const std::vector<EmdAxisSpec>& axes) {
  auto file = std::make_shared<MemoryHdf5>();
  add_emd_group(*file, "/data/single", shape, axes);
  file->group("/microscope", {{"name", "TEAM 0.5"}, {"high tension", 200000.0}});
  return file;
}

struct Dm5AxisSpec {
  int64_t count = 1;  ///< x first
  double scale = 1;
  std::string unit;
};

/// An image of uint16 (DM data type 10) counting from 0.
inline std::shared_ptr<MemoryHdf5> dm5_file(const std::vector<Dm5AxisSpec>& axes,
                                            double data_type = 10) {
  auto file = std::make_shared<MemoryHdf5>();
  const std::string path = "/ImageList/[0]/ImageData";
  std::vector<int64_t> shape;
  std::map<std::string, Hdf5Value> dimensions;
  int64_t samples = 1;
  for (size_t i = 0; i < axes.size(); ++i) {
    const std::string index = "[" + std::to_string(i) + "]";
    shape.insert(shape.begin(), axes[i].count);
    samples *= axes[i].count;
    dimensions[index] = static_cast<double>(axes[i].count);
    file->group(path + "/Calibrations/Dimension/" + index,
                {{"Scale", axes[i].scale}, {"Origin", 0.0}, {"Units", axes[i].unit}});
  }
  file->group("/ImageList/[0]", {{"Name", "drawn"}});
  file->group(path, {{"DataType", data_type}, {"PixelDepth", 2.0}});
  file->group(path + "/Dimensions", dimensions);
  file->dataset(path + "/Data", StoredType::kUint16, shape, counted<uint16_t>(samples));
  return file;
}

}  // namespace mote::io::drawn
