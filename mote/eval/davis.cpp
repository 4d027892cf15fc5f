#include "mote/eval/davis.h"

#include <algorithm>
#include <iterator>

#include "mote/core/assignment.h"
#include "mote/eval/boundary.h"

namespace mote::eval {
namespace {

/// In how many frames either of two objects is.
int64_t frames_of_either(const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  std::vector<int64_t> either;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(either));
  return static_cast<int64_t>(either.size());
}

/// Of every key its place among the keys.
template <typename Value>
std::map<int32_t, int32_t> places_of(const std::map<int32_t, Value>& keys) {
  std::map<int32_t, int32_t> places;
  for (const auto& [key, unused] : keys) {
    places.emplace_hint(places.end(), key, static_cast<int32_t>(places.size()));
  }
  return places;
}

std::vector<std::vector<Pixel>> boundaries_of(const ObjectImage& image) {
  std::vector<std::vector<Pixel>> boundaries;
  for (const Object& object : image.objects) {
    boundaries.push_back(davis_boundary(object.mask, image.size));
  }
  return boundaries;
}

}  // namespace

std::vector<double> boundary_fs(const ObjectImage& truth, const ObjectImage& result,
                                const Overlaps& overlaps) {
  const std::vector<std::vector<Pixel>> wanted = boundaries_of(truth);
  const std::vector<std::vector<Pixel>> found = boundaries_of(result);
  std::vector<double> fs;
  for (const Overlap& pair : overlaps.pairs) {
    fs.push_back(boundary_f(wanted[static_cast<size_t>(pair.truth)],
                            found[static_cast<size_t>(pair.result)], truth.size));
  }
  return fs;
}

void DavisCounter::add(const Overlaps& overlaps, const std::vector<double>& boundary_fs) {
  for (const int32_t id : overlaps.truth_ids) {
    truth_frames_[id].push_back(frames_);
  }
  for (const int32_t id : overlaps.result_ids) {
    result_frames_[id].push_back(frames_);
  }
  for (size_t i = 0; i < overlaps.pairs.size(); ++i) {
    const Overlap& pair = overlaps.pairs[i];
    Together& together = together_[{overlaps.truth_ids[static_cast<size_t>(pair.truth)],
                                    overlaps.result_ids[static_cast<size_t>(pair.result)]}];
    together.j_sum += overlaps.iou(pair);
    together.f_sum += boundary_fs[i];
  }
  ++frames_;
}

std::map<int32_t, int32_t> DavisCounter::pairing() const {
  const std::map<int32_t, int32_t> rows = places_of(truth_frames_);
  const std::map<int32_t, int32_t> columns = places_of(result_frames_);
  std::vector<Edge> edges;
  for (const auto& [ids, together] : together_) {
    edges.push_back(
        {.row = rows.at(ids.first), .column = columns.at(ids.second), .gain = together.j_sum});
  }
  const std::vector<int32_t> column_of = assign(
      static_cast<int32_t>(rows.size()), static_cast<int32_t>(columns.size()), std::move(edges));
  std::map<int32_t, int32_t> result_of;
  for (const auto& [ids, unused] : together_) {
    if (column_of[static_cast<size_t>(rows.at(ids.first))] == columns.at(ids.second)) {
      result_of.emplace(ids.first, ids.second);
    }
  }
  return result_of;
}

std::optional<DavisScores> DavisCounter::result() const {
  if (truth_frames_.empty()) {
    return std::nullopt;
  }
  const std::map<int32_t, int32_t> result_of = pairing();
  const std::vector<int64_t> nowhere;
  DavisScores sums;
  for (const auto& [id, frames] : truth_frames_) {
    const auto found = result_of.find(id);
    const bool paired = found != result_of.end();
    const Together together = paired ? together_.at({id, found->second}) : Together{};
    const auto in_view = static_cast<double>(
        frames_of_either(frames, paired ? result_frames_.at(found->second) : nowhere));
    const auto all = static_cast<double>(frames_);
    sums.j += (together.j_sum + all - in_view) / all;
    sums.f += (together.f_sum + all - in_view) / all;
    sums.j_in_view += together.j_sum / in_view;
    sums.f_in_view += together.f_sum / in_view;
  }
  const auto count = static_cast<double>(truth_frames_.size());
  return DavisScores{.j = sums.j / count,
                     .f = sums.f / count,
                     .j_in_view = sums.j_in_view / count,
                     .f_in_view = sums.f_in_view / count};
}

}  // namespace mote::eval
