#include "mote/io/emd.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/ranges.h>

#include "mote/core/error.h"
#include "mote/io/hdf5_frames.h"
#include "mote/io/image_axes.h"

namespace mote::io {
namespace {

constexpr int64_t kMostValues = int64_t{1} << 20;

struct EmdAxis {
  ImageAxis image;
  std::vector<double> values;  // one a sample, or two
};

struct EmdGroup {
  std::string path;
  std::string dataset;
  std::vector<EmdAxis> axes;
  Hdf5Axes roles;
};

bool is_image_group(const Hdf5Tree& tree, const std::string& path) {
  return tree.number(path, "emd_group_type") == 1.0 || tree.text(path, "emd_group_type") == "array";
}

// `[n_m]` is nm.
std::string unit_text(std::string unit) {
  std::erase_if(unit, [](char c) { return c == '[' || c == ']' || c == '_'; });
  return unit == "px" || unit == "pixels" || unit == "None" ? "" : unit;
}

std::string data_path(const Hdf5Tree& tree, const std::string& group) {
  for (const char* name : {"data", "realslice", "diffractionslice", "datacube"}) {
    std::string path = group + "/" + name;
    if (tree.dataset(path) != nullptr) {
      return path;
    }
  }
  throw Error(ErrorKind::kBadFile, "the group has no data");
}

EmdAxis axis_at(Hdf5File& file, const std::string& path) {
  const Hdf5Tree& tree = file.tree();
  return {.image = {.scale = 0,
                    .unit = unit_text(tree.text(path, "units")),
                    .name = tree.text(path, "name")},
          .values = numbers_of(file, path, kMostValues)};
}

// From one sample to the next; nothing where they are not evenly spaced.
std::optional<double> even_step(const std::vector<double>& values, int64_t count) {
  const auto given = static_cast<int64_t>(values.size());
  if (given == 2) {
    return values[1] - values[0];
  }
  if (given < 2 || given != count) {
    return std::nullopt;
  }
  const double step = (values.back() - values.front()) / static_cast<double>(given - 1);
  for (size_t i = 0; i < values.size(); ++i) {
    const double even = values.front() + step * static_cast<double>(i);
    if (!(std::abs(values[i] - even) <= 0.01 * std::abs(step))) {
      return std::nullopt;
    }
  }
  return step;
}

// The last letter of an axis' name, where it may stand for a direction: `x`, `R_x`, `Qx`.
char direction(const std::string& name) {
  const bool direct =
      name.size() == 1 ||
      (name.size() == 2 && std::isupper(static_cast<unsigned char>(name[0])) != 0) ||
      (name.size() > 2 && name[name.size() - 2] == '_');
  return direct && !name.empty()
             ? static_cast<char>(std::tolower(static_cast<unsigned char>(name.back())))
             : '\0';
}

// The only axis for which `is` holds.
template <typename Is>
std::optional<size_t> only_axis(const std::vector<size_t>& among, const Is& is) {
  const auto count = std::count_if(among.begin(), among.end(), is);
  const auto found = std::find_if(among.begin(), among.end(), is);
  return count == 1 ? std::optional(*found) : std::nullopt;
}

Hdf5Axes roles_of(const std::vector<EmdAxis>& axes, std::vector<size_t> used) {
  const auto x = only_axis(used, [&](size_t i) { return direction(axes[i].image.name) == 'x'; });
  const auto y = only_axis(used, [&](size_t i) { return direction(axes[i].image.name) == 'y'; });
  const auto time = only_axis(used, [&](size_t i) { return seconds_per(axes[i].image.unit); });
  Hdf5Axes roles;
  if (x && y) {
    std::erase(used, *x);
    std::erase(used, *y);
    roles = {.y = *y, .x = *x, .series = {}};
  } else {
    if (used.size() == 3 && time) {
      std::erase(used, *time);
      used.insert(used.begin(), *time);
    }
    roles = {.y = used[used.size() - 2], .x = used.back(), .series = {}};
    used.resize(used.size() - 2);
  }
  if (!used.empty()) {
    roles.series = used.front();
  }
  return roles;
}

// Axes of one sample are left out while there are more than an image and its series need.
std::vector<size_t> used_axes(const std::vector<int64_t>& shape) {
  std::vector<size_t> used;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] != 1 || shape.size() <= 3) {
      used.push_back(i);
    }
  }
  if (used.size() < 2 || used.size() > 3) {
    throw Error(ErrorKind::kUnsupported,
                "{} dimensions ({}): mote reads images and series of images", shape.size(),
                fmt::join(shape, " x "));
  }
  return used;
}

EmdGroup group_at(Hdf5File& file, const std::string& path) {
  const Hdf5Tree& tree = file.tree();
  EmdGroup group{.path = path, .dataset = data_path(tree, path), .axes = {}, .roles = {}};
  const Hdf5Dataset& data = *tree.dataset(group.dataset);
  const std::vector<size_t> used = used_axes(data.shape);
  const size_t first = tree.find(path + "/dim0") != nullptr ? 0 : 1;
  for (size_t i = 0; i < data.shape.size(); ++i) {
    group.axes.push_back(axis_at(file, fmt::format("{}/dim{}", path, first + i)));
    if (is_energy(group.axes.back().image.unit)) {
      throw Error(ErrorKind::kUnsupported, "an axis in {}: a spectrum, expected an image",
                  group.axes.back().image.unit);
    }
  }
  group.roles = roles_of(group.axes, used);
  check_images(data, group.roles);
  return group;
}

// The first group that mote reads; where it reads none, the first one's error.
EmdGroup choose_group(Hdf5File& file, std::vector<std::string>& warnings) {
  constexpr int kMostNamed = 20;
  int named = 0;
  std::optional<EmdGroup> chosen;
  std::optional<Error> failure;
  for (const auto& [path, node] : file.tree().nodes) {
    if (node.dataset || !is_image_group(file.tree(), path) || named == kMostNamed) {
      continue;
    }
    std::string why = "mote reads the first";
    if (!chosen) {
      try {
        chosen = group_at(file, path);
        continue;
      } catch (const Error& error) {
        failure = failure ? failure : error;
        why = error.what();
      }
    }
    ++named;
    warnings.push_back(fmt::format("'{}' of the file is left out: {}", path, why));
  }
  if (!chosen) {
    throw failure ? *failure
                  : Error(ErrorKind::kUnsupported, "an EMD file without a group of images or data");
  }
  return *chosen;
}

void calibrate(EmdGroup& group, const Hdf5Dataset& data, Hdf5Recording& recording) {
  RecordingInfo& info = recording.info;
  for (size_t i = 0; i < group.axes.size(); ++i) {
    EmdAxis& axis = group.axes[i];
    const std::optional<double> step = even_step(axis.values, data.shape[i]);
    axis.image.scale = step.value_or(0);
    if (!step && axis.values.size() > 2 && recording.axes.series != i) {
      info.warnings.push_back(
          fmt::format("the values of axis '{}' are not evenly spaced", axis.image.name));
    }
  }
  calibrate_image(group.axes[group.roles.y].image, group.axes[group.roles.x].image, info.format,
                  info);
  if (!group.roles.series) {
    return;
  }
  const EmdAxis& series = group.axes[*group.roles.series];
  recording.is_volume = calibrate_series(series.image, info.format, info);
  const std::optional<double> seconds = seconds_per(series.image.unit);
  if (seconds && static_cast<int64_t>(series.values.size()) == data.shape[*group.roles.series]) {
    recording.time_s = [values = series.values, unit = *seconds](int64_t index) {
      return std::optional((values[static_cast<size_t>(index)] - values.front()) * unit);
    };
  }
}

std::string value_text(const Hdf5Value& value) {
  if (const auto* numbers = std::get_if<std::vector<double>>(&value)) {
    return fmt::format("{:g}", fmt::join(*numbers, ", "));
  }
  const auto* number = std::get_if<double>(&value);
  return number != nullptr ? fmt::format("{}", *number) : std::get<std::string>(value);
}

void describe(const Hdf5Tree& tree, const std::string& group, RecordingInfo& info) {
  const auto add = [&info](const char* key, const std::string& text, const char* unit = "") {
    if (!text.empty()) {
      info.instrument.emplace(key, text + unit);
    }
  };
  add("title", group.substr(group.rfind('/') + 1));
  add("microscope", tree.text("/microscope", "name"));
  add("voltage", tree.text("/microscope", "voltage"));
  if (const auto volts = tree.number("/microscope", "high tension")) {
    add("voltage", fmt::format("{:.6g}", *volts), " V");
  }
  if (const auto times = tree.number("/microscope", "magnification")) {
    add("magnification", fmt::format("{:.6g}", *times));
  }
  for (const auto& [path, node] : tree.nodes) {
    for (const auto& [name, value] : node.attributes) {
      const std::string text = value_text(value);
      if (!text.empty()) {
        info.metadata.emplace(fmt::format("{}/{}", path, name), text);
      }
    }
  }
}

}  // namespace

bool looks_like_emd(const Hdf5Tree& tree) {
  return std::any_of(tree.nodes.begin(), tree.nodes.end(), [](const auto& entry) {
    return entry.second.attributes.contains("emd_group_type");
  });
}

std::unique_ptr<FrameSource> open_emd(std::shared_ptr<Hdf5File> file, const ReadOptions& options) {
  Hdf5Recording recording;
  recording.info.format = "EMD";
  EmdGroup group = choose_group(*file, recording.info.warnings);
  recording.dataset = group.dataset;
  recording.axes = group.roles;
  calibrate(group, *file->tree().dataset(group.dataset), recording);
  describe(file->tree(), group.path, recording.info);
  recording.file = std::move(file);
  return make_hdf5_source(std::move(recording), options);
}

}  // namespace mote::io
