#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "mote/core/calibration.h"
#include "mote/core/grid.h"
#include "mote/measure/tables.h"

namespace mote::measure {

/// Fills a table of columns; pairs of columns in px and nm come from one definition. For the
/// sources of this folder.
template <typename Row>
class Table {
 public:
  using Number = std::function<std::optional<double>(const Row&)>;
  using Sizes = std::function<const std::optional<PixelSize>&(const Row&)>;

  explicit Table(Sizes pixel_size) : pixel_size_(std::move(pixel_size)) {}

  template <typename Get>
  void add(std::string name, std::string unit, std::string definition, std::string source,
           Get get) {
    columns_.push_back({std::move(name), std::move(unit), std::move(definition), std::move(source),
                        [get](const Row& row) -> Cell {
                          using Value = std::decay_t<decltype(get(row))>;
                          if constexpr (std::is_integral_v<Value>) {  // bool is 0 or 1
                            return static_cast<int64_t>(get(row));
                          } else if constexpr (std::is_same_v<Value, std::vector<int32_t>>) {
                            return fmt::format("{}", fmt::join(get(row), ";"));
                          } else if constexpr (std::is_same_v<Value, std::string>) {
                            return get(row);
                          } else {
                            const std::optional<double> value = get(row);
                            return value ? Cell(*value) : Cell();
                          }
                        }});
  }

  /// `name`_px and `name`_nm, `per` behind the unit.
  void length(const std::string& name, const std::string& definition, const std::string& source,
              const Number& px, const std::string& per = "") {
    const std::string suffix = per.empty() ? "" : "_per_" + per;
    const std::string unit = per.empty() ? "" : "/" + per;
    add(name + "_px" + suffix, "px" + unit, definition, source, px);
    add(name + "_nm" + suffix, "nm" + unit, "the same in nanometres", "",
        [px, size = pixel_size_](const Row& row) { return length_nm(px(row), size(row)); });
  }

  /// `prefix`y_px and so on: a position, which keeps the sides of a pixel apart.
  void position(const std::string& prefix, const std::string& what,
                const std::function<Point(const Row&)>& point) {
    add(prefix + "y_px", "px", what + ", down; pixel centres lie on integers", "",
        [point](const Row& row) { return point(row).y_px; });
    add(prefix + "x_px", "px", what + ", to the right", "",
        [point](const Row& row) { return point(row).x_px; });
    add(prefix + "y_nm", "nm", prefix + "y_px x pixel height", "",
        [point, size = pixel_size_](const Row& row) {
          return size(row) ? std::optional(point(row).y_px * size(row)->y_nm) : std::nullopt;
        });
    add(prefix + "x_nm", "nm", prefix + "x_px x pixel width", "",
        [point, size = pixel_size_](const Row& row) {
          return size(row) ? std::optional(point(row).x_px * size(row)->x_nm) : std::nullopt;
        });
  }

  /// A border-corrected length with its interval and its plain value.
  void estimate(const std::string& name, const std::string& definition, const std::string& source,
                Estimate Row::*member) {
    length(name, definition, source, [member](const Row& row) { return (row.*member).value; });
    length(name + "_low", "lower end of its 95 % interval", "",
           [member](const Row& row) { return (row.*member).low; });
    length(name + "_high", "upper end of its 95 % interval", "",
           [member](const Row& row) { return (row.*member).high; });
    length(name + "_plain", "the same over all unshared instances in view, unweighted", "",
           [member](const Row& row) { return (row.*member).plain; });
  }

  /// A number of particles an area, `name`_per_px2 and `name`_per_um2.
  void density(const std::string& name, const std::string& definition, const Number& per_px2) {
    add(name + "_per_px2", "1/px²", definition, "", per_px2);
    add(name + "_per_um2", "1/µm²", "the same a square micrometre", "",
        [per_px2, size = pixel_size_](const Row& row) {
          constexpr double kNm2PerUm2 = 1e6;
          const std::optional<double> value = per_px2(row);
          return value && size(row) ? std::optional(*value * (kNm2PerUm2 / size(row)->area_nm2()))
                                    : std::nullopt;
        });
  }

  void frame_and_time() {
    add("frame", "", "frame, counted from 0 over the frames that were used", "",
        [](const Row& row) { return row.info.frame; });
    add("recorded_frame", "", "frame, counted from 0 in the recording as it is on disk", "",
        [](const Row& row) { return row.info.recorded_frame; });
    add("time_s", "s",
        "the frame's time stamp, else recorded_frame x interval of the recorded frames; their mean "
        "where frames are averaged",
        "", [](const Row& row) { return row.info.time_s; });
  }

  std::vector<Column<Row>> columns() { return std::move(columns_); }

 private:
  Sizes pixel_size_;
  std::vector<Column<Row>> columns_;
};

/// A table whose rows know their pixel size by their FrameInfo.
template <typename Row>
Table<Row> table_with_info() {
  return Table<Row>(
      [](const Row& row) -> const std::optional<PixelSize>& { return row.info.pixel_size; });
}

}  // namespace mote::measure
