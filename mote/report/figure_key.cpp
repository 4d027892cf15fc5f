#include <algorithm>
#include <cmath>
#include <memory>

#include "mote/report/figure_layout.h"

namespace mote::report {
namespace {

constexpr double kSamplePt = 12;
constexpr double kGapPt = 3;
constexpr double kRowPt = kTickPt * 1.25;
constexpr double kInsetPt = 4;  // of a key from the frame

struct Entry {
  const Series* series = nullptr;  // null: a note
  std::vector<TextRun> runs;

  double width() const { return width_pt(runs) + (series ? kSamplePt + kGapPt : 0); }
};

std::vector<Entry> entries_of(const Panel& panel) {
  std::vector<Entry> entries;
  for (const Series& series : panel.series) {
    if (!series.label.empty()) {
      entries.push_back({&series, markup(series.label, kTickPt)});
    }
  }
  for (const std::string& note : panel.notes) {
    entries.push_back({nullptr, markup(note, kTickPt)});
  }
  return entries;
}

struct Placed {
  Entry entry;
  Place at;  // of its upper left corner, within the key
};

Key key_of(std::vector<Placed> placed) {
  Key key;
  for (const Placed& one : placed) {
    key.width_pt = std::max(key.width_pt, one.at.x_pt + one.entry.width());
    key.height_pt = std::max(key.height_pt, one.at.y_pt + kRowPt);
  }
  key.draw = [placed = std::move(placed)](Layer& layer, Place corner) {
    for (const Placed& one : placed) {
      Place at{corner.x_pt + one.at.x_pt, corner.y_pt + one.at.y_pt + kTickPt * 0.85};
      if (one.entry.series) {
        draw_sample(*one.entry.series, {at.x_pt + kSamplePt / 2, at.y_pt - kTickPt * 0.3},
                    kSamplePt, layer);
        at.x_pt += kSamplePt + kGapPt;
      }
      layer.items.emplace_back(
          Words{.place = at, .runs = one.entry.runs, .colour = rgb(FigureColour::kBlack)});
    }
  };
  return key;
}

// Data as dense points: does any lie in a box?
class Data {
 public:
  Data(const Panel& panel, const PanelFrame& frame) {
    for (const Series& series : panel.series) {
      add(series, frame, series.y);
      if (!series.low.empty()) {
        add(series, frame, series.low);
        add(series, frame, series.high);
      }
      filled_ = filled_ || series.style == SeriesStyle::kFilled;
    }
  }

  bool in(Place corner, double width, double height) const {
    return std::any_of(places_.begin(), places_.end(), [&](Place place) {
      const bool column = place.x_pt >= corner.x_pt && place.x_pt <= corner.x_pt + width;
      const bool row = place.y_pt >= corner.y_pt && place.y_pt <= corner.y_pt + height;
      return column && (row || (filled_ && place.y_pt < corner.y_pt));
    });
  }

 private:
  void add(const Series& series, const PanelFrame& frame, const std::vector<double>& y) {
    const auto whole = [&](size_t i) { return std::isfinite(series.x[i]) && std::isfinite(y[i]); };
    for (size_t i = 0; i < series.x.size(); ++i) {
      if (!whole(i)) {
        continue;
      }
      const Place to = frame.at(series.x[i], y[i]);
      places_.push_back(to);
      if (i == 0 || !whole(i - 1) || series.style == SeriesStyle::kMarks) {
        continue;
      }
      Place from = frame.at(series.x[i - 1], y[i - 1]);
      if (series.style == SeriesStyle::kSteps || series.style == SeriesStyle::kFilled) {
        const Place corner{to.x_pt, from.y_pt};  // a value holds until the next
        add_line(from, corner);
        from = corner;
      }
      add_line(from, to);
    }
  }

  void add_line(Place from, Place to) {
    constexpr double kStepPt = 2;
    const double length = std::hypot(to.x_pt - from.x_pt, to.y_pt - from.y_pt);
    const double steps = std::min(2000.0, std::ceil(length / kStepPt));
    for (double step = 1; step <= steps; ++step) {
      const double part = step / steps;
      places_.push_back(
          {from.x_pt + (to.x_pt - from.x_pt) * part, from.y_pt + (to.y_pt - from.y_pt) * part});
    }
  }

  std::vector<Place> places_;
  bool filled_ = false;
};

}  // namespace

Key panel_key(const Panel& panel) {
  std::vector<Placed> placed;
  double y = 0;
  for (const Entry& entry : entries_of(panel)) {
    placed.push_back({entry, {0, y}});
    y += kRowPt;
  }
  return key_of(std::move(placed));
}

Key wide_key(const Panel& panel, double width_pt) {
  constexpr double kBetweenPt = 8;
  std::vector<Placed> placed;
  Place at;
  for (const Entry& entry : entries_of(panel)) {
    if (at.x_pt > 0 && at.x_pt + entry.width() > width_pt) {
      at = {0, at.y_pt + kRowPt};
    }
    placed.push_back({entry, at});
    at.x_pt += entry.width() + kBetweenPt;
  }
  return key_of(std::move(placed));
}

std::optional<Place> free_place(const Panel& panel, const PanelFrame& frame, double width_pt,
                                double height_pt) {
  const Data data(panel, frame);
  const double left = frame.corner.x_pt + kInsetPt + 1;
  const double right = frame.right() - kInsetPt - width_pt - 1;
  const double middle = frame.corner.x_pt + (frame.width_pt - width_pt) / 2;
  const double top = frame.corner.y_pt + kInsetPt;
  const double bottom = frame.bottom() - kInsetPt - height_pt;
  if (right < left || bottom < top) {
    return std::nullopt;
  }
  constexpr double kClearPt = 2;
  for (const double y : {top, bottom}) {
    for (const double x : {right, left, middle}) {
      const Place corner{x - kClearPt, y - kClearPt};
      if (!data.in(corner, width_pt + 2 * kClearPt, height_pt + 2 * kClearPt)) {
        return Place{x, y};
      }
    }
  }
  return std::nullopt;
}

}  // namespace mote::report
