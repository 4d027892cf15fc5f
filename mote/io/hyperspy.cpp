#include "mote/io/hyperspy.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mote/core/error.h"
#include "mote/io/hdf5_frames.h"
#include "mote/io/image_axes.h"

namespace mote::io {
namespace {

constexpr const char* kSignals = "/Experiments";

struct SignalAxis {
  ImageAxis image;
  bool navigates = false;
};

struct Signal {
  std::string path;
  std::vector<SignalAxis> axes;
  Hdf5Axes roles;
};

// HyperSpy's words for a unit that is not known.
std::string unit_text(const std::string& unit) {
  return unit == "<undefined>" || unit == "_None_" || unit == "t.Undefined" ? "" : unit;
}

SignalAxis axis_at(const Hdf5Tree& tree, const std::string& path) {
  if (!tree.has_group(path)) {
    throw Error(ErrorKind::kBadFile, "the signal has no {}", path.substr(path.rfind('/') + 1));
  }
  return {.image = {.scale = tree.number(path, "scale").value_or(0),
                    .unit = unit_text(tree.text(path, "units")),
                    .name = tree.text(path, "name")},
          .navigates = tree.number(path, "navigate").value_or(0) != 0};
}

// Which axes are rows, columns and frames.
Hdf5Axes roles_of(const std::vector<SignalAxis>& axes, const std::vector<int64_t>& shape) {
  std::vector<size_t> signal;
  std::vector<size_t> navigation;
  for (size_t i = 0; i < axes.size(); ++i) {
    if (!axes[i].navigates) {
      signal.push_back(i);
    } else if (shape[i] != 1) {
      navigation.push_back(i);
    }
  }
  if (signal.size() != 2) {
    throw Error(ErrorKind::kUnsupported, "{} signal axes{}, expected the two of an image",
                signal.size(), signal.size() == 1 ? ": a spectrum or profile" : "");
  }
  if (navigation.size() > 1) {
    throw Error(ErrorKind::kUnsupported,
                "{} dimensions: images at the points of a scan; mote reads images and series of "
                "images",
                shape.size());
  }
  for (const size_t i : signal) {
    if (is_energy(axes[i].image.unit)) {
      throw Error(ErrorKind::kUnsupported, "an axis in {}: a spectrum, expected an image",
                  axes[i].image.unit);
    }
  }
  return {.y = signal[0],
          .x = signal[1],
          .series = navigation.empty() ? std::nullopt : std::optional(navigation[0])};
}

Signal signal_at(const Hdf5Tree& tree, const std::string& path) {
  const Hdf5Dataset* data = tree.dataset(path + "/data");
  if (data == nullptr || data->shape.empty()) {
    throw Error(ErrorKind::kBadFile, "the signal has no data");
  }
  Signal signal{.path = path, .axes = {}, .roles = {}};
  for (size_t i = 0; i < data->shape.size(); ++i) {
    signal.axes.push_back(axis_at(tree, fmt::format("{}/axis-{}", path, i)));
  }
  signal.roles = roles_of(signal.axes, data->shape);
  check_images(*data, signal.roles);
  return signal;
}

// The first signal that mote reads; where it reads none, the first one's error.
Signal choose_signal(const Hdf5Tree& tree, std::vector<std::string>& warnings) {
  std::optional<Signal> chosen;
  std::optional<Error> failure;
  for (const std::string& name : tree.children(kSignals)) {
    const std::string path = fmt::format("{}/{}", kSignals, name);
    std::string why = "mote reads the first";
    try {
      Signal signal = signal_at(tree, path);
      if (!chosen) {
        chosen = std::move(signal);
        continue;
      }
    } catch (const Error& error) {
      failure = failure ? failure : error;
      why = error.what();
    }
    warnings.push_back(fmt::format("signal '{}' of the file is left out: {}", name, why));
  }
  if (!chosen) {
    throw failure ? *failure : Error(ErrorKind::kBadFile, "the file holds no signal (Experiments)");
  }
  return *chosen;
}

void describe(const Hdf5Tree& tree, const std::string& path, RecordingInfo& info) {
  const std::string general = path + "/metadata/General";
  const std::string instrument = path + "/metadata/Acquisition_instrument/";
  const auto add = [&](const char* key, const std::string& text, const char* unit = "") {
    if (!text.empty()) {
      info.instrument.emplace(key, text + unit);
    }
  };
  const auto add_number = [&](const char* key, const std::string& group, const char* name,
                              const char* unit) {
    if (const auto number = tree.number(group, name)) {
      add(key, fmt::format("{:.6g}", *number), unit);
    }
  };
  add("title", tree.text(general, "title"));
  add("date", tree.text(general, "date"));
  add("time", tree.text(general, "time"));
  for (const char* kind : {"TEM", "SEM"}) {
    const std::string group = instrument + kind;
    add("microscope", tree.text(group, "microscope"));
    add("mode", tree.text(group, "acquisition_mode"));
    add_number("voltage", group, "beam_energy", " kV");
    add_number("magnification", group, "magnification", "");
    add_number("camera length", group, "camera_length", " mm");
  }
  const std::string begin = path + "/";
  for (auto i = tree.nodes.lower_bound(begin); i != tree.nodes.end() && i->first.starts_with(begin);
       ++i) {
    for (const auto& [name, value] : i->second.attributes) {
      const auto* number = std::get_if<double>(&value);
      const auto* text = std::get_if<std::string>(&value);
      if (number != nullptr || (text != nullptr && *text != "_None_")) {
        info.metadata.emplace(fmt::format("{}/{}", i->first.substr(begin.size()), name),
                              number != nullptr ? fmt::format("{}", *number) : *text);
      }
    }
  }
}

}  // namespace

bool looks_like_hyperspy(const Hdf5Tree& tree) {
  return tree.has_group(kSignals);
}

std::unique_ptr<FrameSource> open_hyperspy(std::shared_ptr<Hdf5File> file,
                                           const ReadOptions& options) {
  const Hdf5Tree& tree = file->tree();
  Hdf5Recording recording;
  RecordingInfo& info = recording.info;
  info.format = "HyperSpy";
  const Signal signal = choose_signal(tree, info.warnings);
  calibrate_image(signal.axes[signal.roles.y].image, signal.axes[signal.roles.x].image, info.format,
                  info);
  if (signal.roles.series) {
    recording.is_volume =
        calibrate_series(signal.axes[*signal.roles.series].image, info.format, info);
  }
  describe(tree, signal.path, info);
  recording.dataset = signal.path + "/data";
  recording.axes = signal.roles;
  recording.file = std::move(file);
  return make_hdf5_source(std::move(recording), options);
}

}  // namespace mote::io
