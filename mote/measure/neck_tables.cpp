#include "mote/measure/necks.h"
#include "mote/measure/table_builder.h"

namespace mote::measure {
namespace {

std::vector<Column<NeckRow>> make_neck_columns() {
  using Row = NeckRow;
  auto table = table_with_info<Row>();
  const auto area = [&table](const std::string& name, const std::string& definition,
                             const std::function<std::optional<double>(const Row&)>& px2) {
    table.add(name + "_px2", "px²", definition, "", px2);
    table.add(name + "_nm2", "nm²", "the same in square nanometres", "",
              [px2](const Row& row) { return area_nm2(px2(row), row.info.pixel_size); });
  };
  const auto before = [](double Parents::*member) {
    return [member](const Row& row) -> std::optional<double> {
      return row.before ? std::optional((*row.before).*member) : std::nullopt;
    };
  };
  table.frame_and_time();
  table.add("tracks", "", "both tracks, `;` between; of a merge the parents, to its end", "",
            [](const Row& row) { return row.tracks; });
  table.add("began_as", "", "`contact`, or `overlap` where one was seen through the other", "",
            [](const Row& row) { return row.began_as; });
  table.add("ends_as", "",
            "`coalescence`, `aggregation`, `parted` or `unresolved`, as in events.csv; empty where "
            "a track ends "
            "otherwise, or goes on under the name of a child",
            "", [](const Row& row) { return row.ends_as; });
  table.add("contact_frame", "", "frame in which the contact began", "",
            [](const Row& row) { return row.contact_frame; });
  table.add("since_contact_s", "s", "time since then", "",
            [](const Row& row) { return row.since_contact_s; });
  table.add("n_instances", "", "2, or 1 where both make one instance", "",
            [](const Row& row) { return row.n_instances; });
  table.length("neck_width",
               "width of the neck in the image, at the half level between its middle and the "
               "background; 0 where none is seen, empty where one region holds both",
               "measurements.md", [](const Row& row) { return row.width_px; });
  table.add("neck_ratio", "",
            "x/r: neck_width over the diameter of equal area that the smaller one had before the "
            "contact",
            "", [](const Row& row) { return row.ratio; });
  table.add("mask_neck_ratio", "",
            "what the tracker decides by: neck over the smaller diameter of the mask, both of "
            "inscribed circles",
            "tracking.md", [](const Row& row) { return row.mask_ratio; });
  area("combined_area", "area of both; empty where it is cut, or holds a third track",
       [](const Row& row) { return row.area_px2; });
  area("contact_area", "A1 + A2: of both before the contact", before(&Parents::contact_area_px2));
  area("relaxed_area", "π (r1³ + r2³)^(2/3), r1 and r2 of equal area before the contact",
       before(&Parents::relaxed_area_px2));
  table.add("solidity", "", "of the outline, where both make one instance", "",
            [](const Row& row) { return row.solidity; });
  table.length("distance", "between the centroids of both", "",
               [](const Row& row) { return row.distance_px; });
  table.length("distance_step", "change of the distance since the frame before", "",
               [](const Row& row) { return row.distance_step_px; });
  table.add("intensity_balance", "",
            "sum of area x (mean_intensity - background) of both, over that before the contact", "",
            [](const Row& row) { return row.intensity_balance; });
  table.add("excess", "", "share of the weaker's contrast that is seen in front of the other", "",
            [](const Row& row) { return row.excess; });
  table.add("excess_error", "", "its standard error", "",
            [](const Row& row) { return row.excess_error; });
  return table.columns();
}

}  // namespace

const std::vector<Column<NeckRow>>& neck_columns() {
  static const std::vector<Column<NeckRow>> columns = make_neck_columns();
  return columns;
}

}  // namespace mote::measure
