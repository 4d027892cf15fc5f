#include "mote/io/ome_xml.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "mote/core/error.h"
#include "mote/io/xml_scanner.h"

namespace mote::io {
namespace {

// A TiffData element: planes from (c, z, t) on lie in directories from `directory` on.
struct PlaneRun {
  std::array<int64_t, 3> first{};  // in the order of kAxes
  int64_t directory = 0;
  std::optional<int64_t> count;
  std::string file_name;
};

constexpr std::string_view kAxes = "CZT";

struct Document {
  XmlTag pixels;
  int64_t images = 0;
  std::vector<int64_t> samples_per_channel;
  std::vector<PlaneRun> runs;
  std::vector<XmlTag> planes;
  std::string name;
  std::map<std::string, std::string> instrument;
  std::map<std::string, std::string> annotations;
};

/// Takes up the pairs of key and value of annotations.
class MapAnnotations {
 public:
  explicit MapAnnotations(Document& document) : document_(document) {}

  void take(const XmlTag& tag, const XmlScanner& scanner) {
    if (tag.name == "MapAnnotation") {
      of_mote_ = tag.attribute("Namespace") == kInstrumentNamespace;
    } else if (tag.name == "M") {
      auto& map = of_mote_ ? document_.instrument : document_.annotations;
      map.emplace(tag.attribute("K").value_or(""), scanner.decoded_text());
    }
  }

 private:
  Document& document_;
  bool of_mote_ = false;
};

std::optional<Document> scan(std::string_view text) {
  Document document;
  bool in_pixels = false;
  MapAnnotations annotations(document);
  XmlScanner scanner(text);
  while (const std::optional<XmlTag> tag = scanner.next()) {
    if (tag->closes) {
      in_pixels = in_pixels && tag->name != "Pixels";
      continue;
    }
    annotations.take(*tag, scanner);
    if (tag->name == "Image" && document.images == 0) {
      document.name = tag->attribute("Name").value_or("");
    } else if (tag->name == "Pixels") {
      in_pixels = ++document.images == 1;
      if (in_pixels) {
        document.pixels = *tag;
      }
    }
    if (!in_pixels) {
      continue;
    }
    if (tag->name == "Channel") {
      document.samples_per_channel.push_back(tag->whole_number("SamplesPerPixel").value_or(1));
    } else if (tag->name == "TiffData") {
      PlaneRun run;
      for (size_t axis = 0; axis < kAxes.size(); ++axis) {
        run.first[axis] = tag->whole_number(std::string("First") + kAxes[axis]).value_or(0);
      }
      const std::optional<int64_t> directory = tag->whole_number("IFD");
      run.directory = directory.value_or(0);
      run.count = tag->whole_number("PlaneCount");
      if (!run.count && directory) {
        run.count = 1;
      }
      document.runs.push_back(run);
    } else if (tag->name == "UUID" && !document.runs.empty()) {
      document.runs.back().file_name = tag->attribute("FileName").value_or("");
    } else if (tag->name == "Plane") {
      document.planes.push_back(*tag);
    }
  }
  if (document.images == 0) {
    return std::nullopt;
  }
  return document;
}

// Keeps the runs that lie in this file. A file that was renamed is still taken for itself where the
// recording has no other.
void keep_own(std::vector<PlaneRun>& runs, const std::string& file_name,
              std::vector<std::string>& warnings) {
  std::set<std::string> names;
  for (const PlaneRun& run : runs) {
    names.insert(run.file_name.empty() ? file_name : run.file_name);
  }
  if (names.size() < 2) {
    return;
  }
  std::erase_if(runs, [&](const PlaneRun& run) {
    return !run.file_name.empty() && run.file_name != file_name;
  });
  if (runs.empty()) {
    throw Error(ErrorKind::kUnsupported,
                "OME-TIFF in {} files, of which this one ('{}') is none: expected a name such as "
                "'{}'",
                names.size(), file_name, *names.begin());
  }
  warnings.push_back(
      fmt::format("OME-TIFF in {} files: only the planes in this one are read", names.size()));
}

std::optional<double> nanometres(const XmlTag& pixels, const std::string& key) {
  const std::optional<double> value = pixels.number(key);
  const std::optional<double> unit = nanometres_per(pixels.attribute(key + "Unit").value_or("µm"));
  if (!value || !unit || *value <= 0) {
    return std::nullopt;
  }
  return *value * *unit;
}

std::optional<double> seconds(const XmlTag& tag, const std::string& key) {
  const std::optional<double> value = tag.number(key);
  const std::optional<double> unit = seconds_per(tag.attribute(key + "Unit").value_or("s"));
  if (!value || !unit) {
    return std::nullopt;
  }
  return *value * *unit;
}

void place(const std::vector<PlaneRun>& runs, const std::string& order, int64_t frames,
           int64_t directories, OmeDescription& result) {
  const std::array<int64_t, 3> sizes{result.channels, result.slices, frames};
  // `XYZCT`: z varies fastest, then c, then t.
  std::array<size_t, 3> axes{1, 0, 2};
  if (order.size() == 5 && order.starts_with("XY")) {
    std::array<size_t, 3> named{};
    std::transform(order.begin() + 2, order.end(), named.begin(),
                   [](char axis) { return kAxes.find(axis); });
    std::array<size_t, 3> sorted = named;
    std::sort(sorted.begin(), sorted.end());
    if (sorted == std::array<size_t, 3>{0, 1, 2}) {
      axes = named;
    }
  }
  for (const PlaneRun& run : runs) {
    std::array<int64_t, 3> at = run.first;
    const int64_t most = directories - run.directory;
    for (int64_t i = 0; i < std::min(run.count.value_or(most), most); ++i) {
      if (at[0] >= sizes[0] || at[1] >= sizes[1] || at[2] >= sizes[2]) {
        break;
      }
      result.directories[result.plane(at[2], at[1], at[0])] = run.directory + i;
      for (const size_t axis : axes) {
        if (++at[axis] < sizes[axis] || axis == axes.back()) {
          break;
        }
        at[axis] = 0;
      }
    }
  }
}

void read_times(const std::vector<XmlTag>& planes, OmeDescription& result) {
  for (const XmlTag& plane : planes) {
    const int64_t channel = plane.whole_number("TheC").value_or(0);
    const int64_t slice = plane.whole_number("TheZ").value_or(0);
    const int64_t frame = plane.whole_number("TheT").value_or(0);
    if (channel >= result.channels || slice >= result.slices || frame >= result.frames) {
      continue;
    }
    if (const std::optional<double> time = seconds(plane, "DeltaT")) {
      result.times_s[result.plane(frame, slice, channel)] = *time;
    }
    const std::optional<double> exposure = seconds(plane, "ExposureTime");
    if (!result.exposure_s && exposure && *exposure > 0) {
      result.exposure_s = exposure;
    }
  }
}

}  // namespace

std::optional<OmeDescription> parse_ome(const std::string& description,
                                        const std::string& file_name, int64_t directories) {
  if (description.find("<OME") == std::string::npos &&
      description.find(":OME") == std::string::npos) {
    return std::nullopt;
  }
  std::optional<Document> document = scan(description);
  if (!document) {
    return std::nullopt;
  }
  const XmlTag& pixels = document->pixels;
  const auto size_of = [&](const char* key) {
    return std::clamp<int64_t>(pixels.whole_number(key).value_or(1), 1, 1'000'000'000);
  };
  OmeDescription result;
  // A channel of several samples is one page in colour.
  const auto& samples = document->samples_per_channel;
  result.channels = samples.empty() ? size_of("SizeC") : static_cast<int64_t>(samples.size());
  result.slices = size_of("SizeZ");
  const int64_t frames = size_of("SizeT");
  if (result.channels * static_cast<double>(result.slices) * static_cast<double>(frames) > 1e15) {
    throw Error(ErrorKind::kBadFile, "OME-XML claims {} channels, {} slices and {} frames",
                result.channels, result.slices, frames);
  }
  if (document->images > 1) {
    result.warnings.push_back(
        fmt::format("OME-TIFF with {} images: the first is read", document->images));
  }
  if (document->runs.empty()) {
    document->runs.emplace_back();
  }
  keep_own(document->runs, file_name, result.warnings);
  place(document->runs, pixels.attribute("DimensionOrder").value_or(""), frames, directories,
        result);
  if (result.directories.empty()) {
    throw Error(ErrorKind::kBadFile, "OME-XML points to no directory of this file");
  }
  result.frames = result.directories.rbegin()->first / (result.channels * result.slices) + 1;
  if (result.frames < frames) {
    result.warnings.push_back(
        fmt::format("OME-XML says {} frames, the file holds {}", frames, result.frames));
  }

  const std::optional<double> x_nm = nanometres(pixels, "PhysicalSizeX");
  const std::optional<double> y_nm = nanometres(pixels, "PhysicalSizeY");
  if (x_nm || y_nm) {
    result.pixel_size = {.y_nm = y_nm.value_or(x_nm.value_or(0)),
                         .x_nm = x_nm.value_or(y_nm.value_or(0)),
                         .source = "OME-XML"};
  } else if (pixels.number("PhysicalSizeX").value_or(0) > 0) {
    result.warnings.push_back(
        fmt::format("OME-XML gives the pixel size in '{}', which is no unit of length",
                    pixels.attribute("PhysicalSizeXUnit").value_or("")));
  }
  if (const std::optional<double> interval = seconds(pixels, "TimeIncrement");
      interval && *interval > 0) {
    result.frame_interval = {.seconds = *interval, .source = "OME-XML"};
  }
  read_times(document->planes, result);
  result.name = std::move(document->name);
  result.instrument = std::move(document->instrument);
  result.annotations = std::move(document->annotations);
  return result;
}

}  // namespace mote::io
