#include "mote/io/ome_tiff_writer.h"

#include <bit>

#include <fmt/format.h>

#include "mote/core/version.h"

namespace mote::io {
namespace {

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
    }
  }
  return out;
}

/// The types of OME's Pixels; all of mote's are among them.
std::string_view ome_type(SampleType type) {
  switch (type) {
    case SampleType::kFloat32: return "float";
    case SampleType::kFloat64: return "double";
    default: return name(type);
  }
}

}  // namespace

OmeTiffWriter::OmeTiffWriter(const std::string& path, const OmeTiffOptions& options)
    : options_(options),
      tiff_(path, {.frames = options.frames,
                   .bytes_expected = options.bytes_expected,
                   .description = "OME-TIFF, not finished"}) {}

void OmeTiffWriter::count(Size size, SampleType type, std::optional<double> time_s) {
  size_ = size;
  type_ = type;
  if (time_s || options_.exposure_s) {
    planes_ += fmt::format("<Plane TheZ=\"0\" TheC=\"0\" TheT=\"{}\"", pages_);
    if (time_s) {
      planes_ += fmt::format(" DeltaT=\"{}\" DeltaTUnit=\"s\"", *time_s);
    }
    if (options_.exposure_s) {
      planes_ += fmt::format(" ExposureTime=\"{}\" ExposureTimeUnit=\"s\"", *options_.exposure_s);
    }
    planes_ += "/>\n";
  }
  ++pages_;
}

void OmeTiffWriter::write(const Image& page, std::optional<double> time_s) {
  tiff_.write(page);
  count(page.size(), page.type(), time_s);
}

void OmeTiffWriter::write(const LabelImage& page, std::optional<double> time_s) {
  tiff_.write(page);
  count(page.size(), SampleType::kInt32, time_s);
}

void OmeTiffWriter::close() {
  std::string pixels = fmt::format(
      "<Pixels ID=\"Pixels:0\" DimensionOrder=\"XYZCT\" Type=\"{}\" BigEndian=\"{}\" SizeX=\"{}\" "
      "SizeY=\"{}\" SizeZ=\"1\" SizeC=\"1\" SizeT=\"{}\"",
      ome_type(type_), std::endian::native == std::endian::big, size_.width, size_.height, pages_);
  if (options_.pixel_size) {
    pixels += fmt::format(
        " PhysicalSizeX=\"{}\" PhysicalSizeXUnit=\"nm\" PhysicalSizeY=\"{}\" "
        "PhysicalSizeYUnit=\"nm\"",
        options_.pixel_size->x_nm, options_.pixel_size->y_nm);
  }
  if (options_.frame_interval) {
    pixels += fmt::format(" TimeIncrement=\"{}\" TimeIncrementUnit=\"s\"",
                          options_.frame_interval->seconds);
  }
  constexpr const char* kSchema = "http://www.openmicroscopy.org/Schemas/OME/2016-06";
  const std::string head = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<OME xmlns=\"{0}\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
      "xsi:schemaLocation=\"{0} {0}/ome.xsd\" Creator=\"mote {1}\">\n"
      "<Image ID=\"Image:0\" Name=\"{2}\">\n",
      kSchema, version(), escaped(options_.name));
  const std::string data = fmt::format(
      ">\n<Channel ID=\"Channel:0:0\" SamplesPerPixel=\"1\"/>\n<TiffData IFD=\"0\" "
      "PlaneCount=\"{}\"/>\n",
      pages_);
  tiff_.replace_description(head + pixels + data + planes_ + "</Pixels>\n</Image>\n</OME>\n");
  tiff_.close();
}

}  // namespace mote::io
