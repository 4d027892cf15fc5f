#include "mote/io/ome_tiff_writer.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "mote/core/error.h"
#include "mote/core/version.h"
#include "mote/io/file.h"
#include "mote/io/mask_outline.h"
#include "mote/io/ome_xml.h"
#include "mote/io/xml_text.h"

namespace mote::io {
namespace {

/// The types of OME's Pixels; all of mote's are among them.
std::string_view ome_type(SampleType type) {
  switch (type) {
    case SampleType::kFloat32: return "float";
    case SampleType::kFloat64: return "double";
    default: return name(type);
  }
}

constexpr size_t kPieceBytes = 1 << 16;

/// RFC 4648, sec. 4.
std::string base64(const std::vector<uint8_t>& bytes) {
  static constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t some = std::min<size_t>(3, bytes.size() - i);
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8 | (k < some ? bytes[i + k] : 0U);
    }
    for (size_t k = 0; k < 4; ++k) {
      text += k <= some ? kLetters[group >> (18 - 6 * k) & 63] : '=';
    }
  }
  return text;
}

/// A bit a pixel of the mask's box, row after row without padding, the highest bit first.
std::vector<uint8_t> bits_of(const Mask& mask) {
  const Box box = mask.bounds();
  std::vector<uint8_t> bits(static_cast<size_t>((box.size().area() + 7) / 8));
  for (const Run& run : mask.runs) {
    const int64_t from = (run.y - box.y) * box.width + run.x - box.x;
    for (int64_t at = from; at < from + run.length; ++at) {
      bits[static_cast<size_t>(at / 8)] |= static_cast<uint8_t>(0x80 >> at % 8);
    }
  }
  return bits;
}

std::string shape_of(int64_t number, int64_t frame, const Mask& mask) {
  const std::vector<Ring> rings = outlines_of(mask);
  if (rings.size() == 1) {
    std::string points;
    for (const Corner& corner : rings[0]) {
      points += fmt::format("{}{:.0f},{:.0f}", points.empty() ? "" : " ", corner.x, corner.y);
    }
    return fmt::format("<Polygon ID=\"Shape:{}:0\" TheT=\"{}\" Points=\"{}\"/>", number, frame,
                       points);
  }
  const Box box = mask.bounds();
  const std::string bits = base64(bits_of(mask));
  return fmt::format(
      "<Mask ID=\"Shape:{}:0\" TheT=\"{}\" X=\"{}\" Y=\"{}\" Width=\"{}\" Height=\"{}\"><BinData "
      "BigEndian=\"false\" Length=\"{}\">{}</BinData></Mask>",
      number, frame, box.x, box.y, box.width, box.height, bits.size(), bits);
}

}  // namespace

OmeTiffWriter::OmeTiffWriter(const std::string& path, const OmeTiffOptions& options)
    : options_(options),
      tiff_(path, {.frames = options.frames,
                   .bytes_expected = options.bytes_expected,
                   .description = "OME-TIFF, not finished"}),
      path_(path) {}

OmeTiffWriter::~OmeTiffWriter() {
  if (rois_) {
    std::remove((path_ + ".rois").c_str());
  }
}

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

void OmeTiffWriter::add_roi(const std::string& name, int64_t frame, const Mask& mask) {
  if (mask.runs.empty()) {
    throw Error(ErrorKind::kUsage, "{}: a ROI without pixels", name);
  }
  if (!rois_) {
    rois_ = std::make_unique<OutputFile>(path_ + ".rois");
  }
  rois_->write(fmt::format("<ROI ID=\"ROI:{0}\" Name=\"{1}\"><Union>{2}</Union></ROI>\n",
                           roi_count_, xml_escaped(name), shape_of(roi_count_, frame, mask)));
  ++roi_count_;
}

std::string OmeTiffWriter::image_element() const {
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
  const std::string data = fmt::format(
      ">\n<Channel ID=\"Channel:0:0\" SamplesPerPixel=\"1\"/>\n<TiffData IFD=\"0\" "
      "PlaneCount=\"{}\"/>\n",
      pages_);
  return fmt::format("<Image ID=\"Image:0\" Name=\"{}\">\n", xml_escaped(options_.name)) + pixels +
         data + planes_ + "</Pixels>\n";
}

// With what stands behind it, before the ROIs.
std::string OmeTiffWriter::end_of_image() const {
  if (options_.instrument.empty()) {
    return "</Image>\n";
  }
  std::string pairs;
  for (const auto& [key, value] : options_.instrument) {
    pairs += fmt::format("<M K=\"{}\">{}</M>", xml_escaped(key), xml_escaped(value));
  }
  return fmt::format(
      "<AnnotationRef ID=\"Annotation:0\"/>\n</Image>\n<StructuredAnnotations><MapAnnotation "
      "ID=\"Annotation:0\" Namespace=\"{}\"><Value>{}</Value></MapAnnotation>"
      "</StructuredAnnotations>\n",
      kInstrumentNamespace, pairs);
}

void OmeTiffWriter::close() {
  constexpr const char* kSchema = "http://www.openmicroscopy.org/Schemas/OME/2016-06";
  std::string text = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<OME xmlns=\"{0}\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
      "xsi:schemaLocation=\"{0} {0}/ome.xsd\" Creator=\"mote {1}\">\n",
      kSchema, version());
  text += image_element();
  if (rois_) {
    rois_->sync();
  }
  const std::unique_ptr<File> rois = rois_ ? std::make_unique<File>(path_ + ".rois") : nullptr;
  int64_t referred = 0;
  int64_t copied = 0;
  bool ended = false;
  // The image's element with a reference to each ROI, the ROIs, and the end.
  tiff_.replace_description([&] {
    std::string piece = std::exchange(text, {});
    for (; referred < roi_count_ && piece.size() < kPieceBytes; ++referred) {
      piece += fmt::format("<ROIRef ID=\"ROI:{}\"/>\n", referred);
      piece += referred + 1 == roi_count_ ? end_of_image() : "";
    }
    if (piece.empty() && rois && copied < rois->bytes()) {
      piece.resize(kPieceBytes);
      piece.resize(static_cast<size_t>(rois->read_at(copied, piece.data(), kPieceBytes)));
      copied += static_cast<int64_t>(piece.size());
    }
    if (piece.empty() && !std::exchange(ended, true)) {
      piece = (roi_count_ == 0 ? end_of_image() : "") + "</OME>\n";
    }
    return piece;
  });
  tiff_.close();
}

}  // namespace mote::io
