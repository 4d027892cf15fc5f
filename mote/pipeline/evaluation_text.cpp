#include "mote/pipeline/evaluation_text.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mote::pipeline {
namespace {

constexpr std::array<std::string_view, 29> kMain = {"iou_pooled",
                                                    "iou_pooled_eroded",
                                                    "iou_mean",
                                                    "dice_mean",
                                                    "objects_truth",
                                                    "objects_result",
                                                    "objects_matched",
                                                    "pq",
                                                    "sq",
                                                    "sq_eroded",
                                                    "ap",
                                                    "ap50",
                                                    "ap75",
                                                    "boundary_mean_px",
                                                    "davis_j",
                                                    "davis_f",
                                                    "ctc_seg",
                                                    "ctc_det",
                                                    "ctc_tra",
                                                    "hota",
                                                    "hota_deta",
                                                    "hota_assa",
                                                    "mota",
                                                    "id_switches",
                                                    "idf1",
                                                    "diameter_error_mean_px",
                                                    "false_merges_per_crossing",
                                                    "false_deaths_per_flicker",
                                                    "false_dissolutions_per_flicker"};
constexpr std::array<std::string_view, 7> kMainRows = {
    "contact", "aggregation", "merge", "merge_contact", "split", "birth", "death"};

template <size_t Count>
bool is_in(const std::array<std::string_view, Count>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_main(const Score& score) {
  return score.row.empty()
             ? is_in(kMain, score.name)
             : is_in(kMainRows, score.row) && !score.name.ends_with("timing_error_mean_frames");
}

std::string number_text(const Score& score) {
  if (!score.value) {
    return "-";
  }
  return score.count ? fmt::format("{:.0f}", *score.value) : fmt::format("{:.4f}", *score.value);
}

/// The lines of the kinds of events, one each.
class RowTable {
 public:
  void add(const Score& score) {
    if (score.row != row_) {
      row_ = score.row;
      line_ += fmt::format("{}  {:<15}", line_.empty() ? "" : "\n", row_);
      ++rows_;
    }
    const std::string column = score.name.substr(row_.size() + 1);
    if (rows_ == 1) {
      header_ += fmt::format(" {:>{}}", column, width(column));
    }
    line_ += fmt::format(" {:>{}}", number_text(score), width(column));
  }
  std::string take() {
    std::string text = rows_ == 0 ? "" : fmt::format("  {:<15}{}\n{}\n", "", header_, line_);
    *this = {};
    return text;
  }

 private:
  static size_t width(const std::string& column) { return std::max<size_t>(7, column.size()); }

  std::string row_;
  std::string header_;
  std::string line_;
  int64_t rows_ = 0;
};

}  // namespace

std::string table_of(const Evaluation& evaluation, bool all) {
  std::string text = fmt::format("truth   {} ({})\nresult  {} ({})\nframes  {}\n", evaluation.truth,
                                 evaluation.truth_format, evaluation.result,
                                 evaluation.result_format, evaluation.frames);
  std::string group;
  RowTable rows;
  for (const Score& score : evaluation.scores) {
    if (score.detail || (!all && !is_main(score))) {
      continue;
    }
    if (score.group != group) {
      group = score.group;
      text += fmt::format("\n{}\n", group);
    }
    if (!score.row.empty()) {
      rows.add(score);
      continue;
    }
    text += rows.take();
    text += fmt::format("  {:<36} {:>10}{}{}\n", score.name, number_text(score),
                        score.unit.empty() ? "" : " ", score.unit);
  }
  text += rows.take();
  return all ? text : text + "\n--all shows all scores, --csv and --json their details too\n";
}

std::string csv_of(const Evaluation& evaluation) {
  std::string text = "group,name,value,unit\n";
  for (const Score& score : evaluation.scores) {
    text += fmt::format("{},{},{},{}\n", score.group, score.name,
                        score.value ? fmt::format("{}", *score.value) : "", score.unit);
  }
  return text;
}

nlohmann::ordered_json json_of(const Evaluation& evaluation) {
  nlohmann::ordered_json json = {
      {"truth", evaluation.truth},   {"truth_format", evaluation.truth_format},
      {"result", evaluation.result}, {"result_format", evaluation.result_format},
      {"frames", evaluation.frames}, {"truth_frames", evaluation.truth_frames}};
  for (const Score& score : evaluation.scores) {
    nlohmann::ordered_json& value = json[score.group][score.name];
    if (score.value && score.count) {
      value = static_cast<int64_t>(*score.value);
    } else if (score.value) {
      value = *score.value;
    } else {
      value = nullptr;
    }
  }
  json["warnings"] = evaluation.warnings;
  return json;
}

}  // namespace mote::pipeline
