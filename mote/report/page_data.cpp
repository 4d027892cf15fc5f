#include "mote/report/page_data.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <nlohmann/json.hpp>

#include "mote/core/median.h"
#include "mote/report/colours.h"
#include "mote/report/display_unit.h"
#include "mote/report/overlay.h"
#include "mote/report/page_figures.h"
#include "mote/report/page_number.h"

namespace mote::report {
namespace {

using Json = nlohmann::ordered_json;

Json scaled(std::optional<double> value, double factor) {
  return value ? page_number(*value * factor) : Json(nullptr);
}

// Broken UTF-8 becomes U+FFFD; a `<` can only stand inside a text, where its escape means the same.
std::string script_text(const Json& json) {
  const std::string plain = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string safe;
  safe.reserve(plain.size());
  for (const char letter : plain) {
    if (letter == '<') {
      safe += "\\u003c";
    } else {
      safe += letter;
    }
  }
  return safe;
}

Json pairs(const std::vector<std::pair<std::string, std::string>>& rows) {
  Json list = Json::array();
  for (const auto& [key, value] : rows) {
    list.push_back({key, value});
  }
  return list;
}

Json info_json(const PageData& data) {
  const ReportInfo& info = data.info;
  Json json = {{"title", info.title},
               {"input", info.input},
               {"format", info.format},
               {"sample_type", info.sample_type},
               {"height", info.size.height},
               {"width", info.size.width},
               {"frames", data.frames_total},
               {"frames_on_disk", info.frames_on_disk},
               {"recording", info.recording},
               {"pixel_size", nullptr},
               {"frame_interval", nullptr},
               {"effective", pairs(info.effective)},
               {"options", pairs(info.options)},
               {"versions", pairs(info.versions)},
               {"warnings", info.warnings},
               {"size_note", nullptr},
               {"methods", info.methods},
               {"names", Json::object()},
               {"files", Json::array()}};
  if (!info.names.empty()) {
    const auto add_name = [&](int64_t recorded) {
      if (recorded >= 0 && recorded < static_cast<int64_t>(info.names.size())) {
        json["names"][std::to_string(recorded)] = info.names[static_cast<size_t>(recorded)];
      }
    };
    for (const auto& [index, row] : data.frames.rows()) {
      add_name(row.info.recorded_frame);
    }
    for (const auto& [index, frame] : data.sizes.rows()) {
      add_name(frame.info.recorded_frame);
    }
  }
  if (const auto note = info.size_sample ? info.size_sample->note() : std::nullopt) {
    json["size_note"] = *note;
  }
  if (info.pixel_size) {
    json["pixel_size"] = {{"y_nm", page_number(info.pixel_size->y_nm)},
                          {"x_nm", page_number(info.pixel_size->x_nm)},
                          {"text", pixel_text(*info.pixel_size)},
                          {"source", info.pixel_size->source}};
  }
  if (info.frame_interval) {
    json["frame_interval"] = {{"seconds", page_number(info.frame_interval->seconds)},
                              {"source", info.frame_interval->source}};
  }
  for (const ReportFile& file : info.files) {
    json["files"].push_back({{"name", file.name}, {"what", file.what}});
  }
  return json;
}

Json checks_json(const std::vector<Check>& checks) {
  Json list = Json::array();
  for (const Check& check : checks) {
    list.push_back({{"name", check.name},
                    {"verdict", name(check.verdict)},
                    {"value", check.value},
                    {"meaning", check.meaning}});
  }
  return list;
}

class Columns {
 public:
  void add(const char* key, Json value) { json_[key].push_back(std::move(value)); }
  void add(const char* key, const measure::Estimate& estimate, double factor) {
    const std::string name = key;
    json_[name].push_back(scaled(estimate.value, factor));
    json_[name + "_low"].push_back(scaled(estimate.low, factor));
    json_[name + "_high"].push_back(scaled(estimate.high, factor));
    json_[name + "_plain"].push_back(scaled(estimate.plain, factor));
  }
  Json take() { return std::move(json_); }

 private:
  Json json_ = Json::object();
};

struct Units {
  DisplayUnit size;      // ECD, radius, D[p,q]
  DisplayUnit distance;  // to the nearest neighbour
  DisplayUnit drift;
  DisplayUnit density;
};

Json units_json(const Units& units) {
  Json json = Json::object();
  for (const auto& [key, unit] : {std::pair("size", &units.size),
                                  {"distance", &units.distance},
                                  {"drift", &units.drift},
                                  {"density", &units.density}}) {
    json[key] = {{"name", unit->name}, {"ascii", unit->ascii}};
  }
  return json;
}

// One unit for all values of a quantity: that of its median over the frames, of the drift's
// farthest point.
Units units_of(const PageData& data) {
  std::vector<double> sizes;
  std::vector<double> distances;
  for (const auto& [index, row] : data.frames.rows()) {
    if (const auto size =
            row.ecd_median_px.value ? row.ecd_median_px.value : row.ecd_median_px.plain) {
      sizes.push_back(*size);
    }
    if (const auto distance = row.nearest_neighbour_px.value) {
      distances.push_back(*distance);
    }
  }
  double farthest = 0;
  for (const auto& [index, row] : data.drift.rows()) {
    farthest = std::max(farthest, std::hypot(row.info.drift.y_px, row.info.drift.x_px));
  }
  const auto& pixel = data.info.pixel_size;
  return {.size = length_unit(pixel, median(std::move(sizes))),
          .distance = length_unit(pixel, median(std::move(distances))),
          .drift = length_unit(pixel, farthest),
          .density = density_unit(pixel)};
}

// Of the mean ECD, by the boundaries of its particles: what is random and what all have in common.
std::optional<double> boundary_se_px(const measure::FrameRow& row) {
  return row.ecd_mean_random_se_px && row.ecd_mean_convention_se_px
             ? std::optional(std::hypot(*row.ecd_mean_random_se_px, *row.ecd_mean_convention_se_px))
             : std::nullopt;
}

Json frames_json(const PageData& data, const Units& units) {
  const double unit = units.size.per_pixel;
  Columns columns;
  for (const auto& [index, row] : data.frames.rows()) {
    columns.add("index", index);
    columns.add("recorded", row.info.recorded_frame);
    columns.add("time", page_number(row.info.time_s));
    columns.add("instances", row.n_instances);
    columns.add("sized", row.n_sized);
    columns.add("effective_n", page_number(row.effective_n));
    columns.add("n", row.n, 1);
    columns.add("density", row.areal_density_per_px2, units.density.per_pixel);
    columns.add("area_fraction", row.area_fraction, 1);
    columns.add("mean", row.ecd_mean_px, unit);
    columns.add("mean_boundary", scaled(boundary_se_px(row), unit));
    columns.add("sd", row.ecd_sd_px, unit);
    columns.add("median", row.ecd_median_px, unit);
    columns.add("p10", row.ecd_p10_px, unit);
    columns.add("p90", row.ecd_p90_px, unit);
    columns.add("d32", row.d32_px, unit);
    columns.add("d43", row.d43_px, unit);
    columns.add("neighbour", row.nearest_neighbour_px, units.distance.per_pixel);
    columns.add("window_n", row.window_n ? Json(*row.window_n) : Json(nullptr));
    columns.add("window_mean", scaled(row.window_ecd_mean_px, unit));
    const auto threshold = row.values.find("threshold");
    columns.add("threshold",
                threshold == row.values.end() ? Json(nullptr) : page_number(threshold->second));
  }
  Json json = columns.take();
  json["stride"] = data.frames.stride();
  return json;
}

// What instruments told of every frame that `frames_json` has.
Json readings_json(const PageData& data) {
  Json list = Json::array();
  for (const ReportReading& reading : data.info.readings) {
    Json values = Json::array();
    for (const auto& [index, row] : data.frames.rows()) {
      const auto found = row.values.find(reading.name);
      values.push_back(found == row.values.end() ? Json(nullptr) : page_number(found->second));
    }
    list.push_back(
        {{"name", reading.name}, {"label", reading.label}, {"values", std::move(values)}});
  }
  return list;
}

Json sizes_json(const PageData& data, double unit) {
  Json list = Json::array();
  for (const auto& [index, frame] : data.sizes.rows()) {
    Json ecd = Json::array();
    Json weight = Json::array();
    for (const SizedParticle& particle : frame.particles) {
      ecd.push_back(page_number(particle.ecd_px * unit));
      weight.push_back(page_number(std::round(particle.weight * 1e4) / 1e4));
    }
    list.push_back({{"index", index},
                    {"recorded", frame.info.recorded_frame},
                    {"time", page_number(frame.info.time_s)},
                    {"every", frame.every},
                    {"ecd", std::move(ecd)},
                    {"weight", std::move(weight)}});
  }
  return list;
}

Json tracks_json(const PageData& data, double unit) {
  std::vector<std::pair<int64_t, TrackPoint>> points = data.points.rows();
  points.insert(points.end(), data.end_points.begin(), data.end_points.end());
  std::stable_sort(points.begin(), points.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second.track, a.first) < std::pair(b.second.track, b.first);
  });
  Json list = Json::array();
  auto point = points.begin();
  for (const Track& track : data.tracks) {
    Json frames = Json::array();
    Json radii = Json::array();
    Json errors = Json::array();
    while (point != points.end() && point->second.track < track.id) {
      ++point;
    }
    for (; point != points.end() && point->second.track == track.id; ++point) {
      frames.push_back(point->first);
      radii.push_back(page_number(point->second.ecd_px / 2 * unit));
      errors.push_back(page_number(point->second.ecd_se_px / 2 * unit));
    }
    list.push_back({{"id", track.id},
                    {"first", track.first_frame},
                    {"last", track.last_frame},
                    {"parents", track.parents},
                    {"colour", track_colour_index(track.id)},
                    {"frames", std::move(frames)},
                    {"radii", std::move(radii)},
                    {"errors", std::move(errors)}});
  }
  return list;
}

Json events_json(const PageData& data) {
  Json list = Json::array();
  for (const Event& event : data.events) {
    Json evidence = Json::object();
    for (const auto& [key, value] : event.evidence) {
      evidence[key] = page_number(value);
    }
    list.push_back({{"type", name(event.type)},
                    {"before", event.frame_before},
                    {"frame", event.frame},
                    {"tracks", event.tracks},
                    {"children", event.children},
                    {"text", event_text(event)},
                    {"confidence", page_number(event.confidence)},
                    {"evidence", std::move(evidence)}});
  }
  return list;
}

Json drift_json(const PageData& data, const DisplayUnit& unit) {
  Columns columns;
  for (const auto& [index, row] : data.drift.rows()) {
    columns.add("index", index);
    columns.add("y", page_number(row.info.drift.y_px * unit.per_pixel_y));
    columns.add("x", page_number(row.info.drift.x_px * unit.per_pixel_x));
    columns.add("residual_px", page_number(row.residual_px));
    columns.add("ok", row.ok ? 1 : 0);
    columns.add("jump", row.jump ? 1 : 0);
    columns.add("blurred", row.blurred ? 1 : 0);
  }
  return columns.take();
}

Json flags_json(const PageData& data) {
  std::map<std::string, std::string> meanings;
  for (const auto& [flag, meaning] : data.info.flag_meanings) {
    meanings[flag] = meaning;
  }
  Json json = Json::object();
  for (const auto& [flag, frames] : data.flags) {
    json[flag] = {{"frames", frames}, {"meaning", meanings[flag]}};
  }
  return json;
}

}  // namespace

std::string data_json(const PageData& data) {
  const Units units = units_of(data);
  Json json = {{"info", info_json(data)},
               {"units", units_json(units)},
               {"time_unit", data.has_time ? "s" : "frame"},
               {"palette", Json::array()},
               {"checks", checks_json(data.checks)},
               {"frames", frames_json(data, units)},
               {"readings", readings_json(data)},
               {"sizes", sizes_json(data, units.size.per_pixel)},
               {"tracks", tracks_json(data, units.size.per_pixel)},
               {"tracks_total", data.tracks_total},
               {"point_stride", data.points.stride()},
               {"events", events_json(data)},
               {"events_total", Json::object()},
               {"drift", drift_json(data, units.drift)},
               {"flags", flags_json(data)},
               {"figures", figures_json(data.info.figures)}};
  for (const Rgb colour : palette()) {
    json["palette"].push_back(hex(colour));
  }
  for (const auto& [type, count] : data.events_total) {
    json["events_total"][std::string(name(type))] = count;
  }
  return script_text(json);
}

std::string overlay_json(const OverlayPicture& overlay) {
  const Json entry = {{"index", overlay.frame.frame},
                      {"recorded", overlay.frame.recorded_frame},
                      {"time", page_number(overlay.frame.time_s)},
                      {"height", overlay.size.height},
                      {"width", overlay.size.width}};
  std::string text = entry.dump();
  text.pop_back();
  return text + R"(,"src":"data:image/jpeg;base64,)" + base64(overlay.jpeg) + "\"}";
}

std::string html_text(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    switch (letter) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      default: escaped += letter;
    }
  }
  return escaped;
}

std::string base64(const std::vector<uint8_t>& bytes) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = (group << 8U) | (i + k < bytes.size() ? bytes[i + k] : 0U);
    }
    for (size_t k = 0; k < 4; ++k) {
      text += i + k <= bytes.size() ? kLetters[(group >> (18 - 6 * k)) & 63U] : '=';
    }
  }
  return text;
}

}  // namespace mote::report
