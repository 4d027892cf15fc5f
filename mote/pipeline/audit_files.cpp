#include "mote/pipeline/audit_files.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <map>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "mote/core/counted.h"
#include "mote/core/version.h"
#include "mote/io/csv.h"
#include "mote/io/picture_file.h"
#include "mote/pipeline/data_set.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/json_text.h"
#include "mote/report/pair_picture.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;
using data::Finding;
using data::Kinship;
using Json = nlohmann::ordered_json;

constexpr auto kFiles = std::to_array<const char*>({"audit.csv", "audit.html", "audit.json"});

const AuditImage& image_of(const Audit& audit, int64_t index) {
  return audit.images[static_cast<size_t>(index)];
}

std::string box_text(Box box) {
  return fmt::format("y={},x={},h={},w={}", box.y, box.x, box.height, box.width);
}

int64_t count_of(const Audit& audit, Kinship kinship) {
  return std::count_if(audit.findings.begin(), audit.findings.end(),
                       [&](const auto& found) { return found.finding.kinship == kinship; });
}

int64_t regions_in(const Audit& audit) {
  int64_t most = 0;
  for (const AuditImage& image : audit.images) {
    most = std::max(most, image.region);
  }
  return most;
}

std::string summary(const Audit& audit) {
  return fmt::format("{} of {}; {} across splits; {}, {}, {}, {} of the same detector region",
                     counted(static_cast<int64_t>(audit.images.size()), "image"),
                     counted(regions_in(audit), "specimen region"), counted(audit.leaks(), "leak"),
                     counted(count_of(audit, Kinship::kCopy), "copy", "copies"),
                     counted(count_of(audit, Kinship::kOverlap), "overlap"),
                     counted(count_of(audit, Kinship::kAbutting), "abutting pair"),
                     counted(count_of(audit, Kinship::kDetector), "pair"));
}

std::string what_was_found(const Finding& found) {
  std::string text;
  if (found.kinship != Kinship::kDetector) {
    text = fmt::format("The second image lies {}, its first pixel at y = {:.0f}, x = {:.0f} px; ",
                       name(found.orientation), found.shift.y_px, found.shift.x_px);
  }
  if (found.shared_fraction > 0 && found.kinship != Kinship::kDetector) {
    text += fmt::format("{:.1f} % of the smaller image are shared; ", 100 * found.shared_fraction);
  }
  text += fmt::format("correlation {:.2f}, {:.1f} standard deviations above chance",
                      found.correlation, found.confidence);
  if (found.same_detector && found.kinship != Kinship::kDetector) {
    text += "; also the same detector region";
  }
  return text + ".";
}

std::string split_name(const std::string& split) {
  return split.empty() ? "no split" : split;
}

// `train and test`, `within train`.
std::string splits_of(const Audit& audit, const AuditFinding& found) {
  const std::string first = split_name(image_of(audit, found.first).item.split);
  const std::string second = split_name(image_of(audit, found.second).item.split);
  return first == second ? "within " + first : first + " and " + second;
}

std::string verdict_of(const Audit& audit, const AuditFinding& found) {
  const std::string splits = splits_of(audit, found);
  if (found.leaks()) {
    return "Leak: " + splits + " share this";
  }
  return "No leak: " +
         (found.across_splits ? splits + ", but only the detector's pattern" : splits);
}

std::string meaning(Kinship kinship) {
  switch (kinship) {
    case Kinship::kCopy: return "the same recorded pixels";
    case Kinship::kOverlap: return "the same region of the specimen";
    case Kinship::kAbutting: return "neighbours, cut from one frame";
    case Kinship::kDetector: return "only the detector's fixed pattern";
  }
  return {};
}

// A row a kind, and in it how many pairs of which splits.
report::PageTable kinds_table(const Audit& audit) {
  report::PageTable table{.heading = "What was found",
                          .columns = {"kind", "meaning", "pairs", "leaks", "pairs by split"},
                          .rows = {}};
  for (const Kinship kinship :
       {Kinship::kCopy, Kinship::kOverlap, Kinship::kAbutting, Kinship::kDetector}) {
    std::map<std::string, int64_t> by_split;
    int64_t leaks = 0;
    for (const AuditFinding& found : audit.findings) {
      if (found.finding.kinship == kinship) {
        ++by_split[splits_of(audit, found)];
        leaks += found.leaks() ? 1 : 0;
      }
    }
    std::vector<std::string> counts;
    counts.reserve(by_split.size());
    for (const auto& [splits, count] : by_split) {
      counts.push_back(fmt::format("{} {}", count, splits));
    }
    table.rows.push_back({std::string(name(kinship)), meaning(kinship),
                          fmt::format("{}", count_of(audit, kinship)), fmt::format("{}", leaks),
                          counts.empty() ? "-" : fmt::format("{}", fmt::join(counts, "; "))});
  }
  return table;
}

report::PageTable leaks_table(const Audit& audit) {
  report::PageTable table{.heading = "Leaks across splits",
                          .columns = {"kind", "first image", "second image", "shared"},
                          .rows = {}};
  for (const AuditFinding& found : audit.findings) {
    if (found.leaks()) {
      const double shared = found.finding.shared_fraction;
      table.rows.push_back({std::string(name(found.finding.kinship)),
                            image_of(audit, found.first).item.image,
                            image_of(audit, found.second).item.image,
                            shared > 0 ? fmt::format("{:.1f} %", 100 * shared) : "a seam"});
    }
  }
  return table;
}

Grid<float> crop_of(const Grid<float>& image, Box box) {
  return to_float32(crop(to_image(image), box));
}

struct Levels {
  double mean = 0;
  double sd = 0;
};

// Of the rows or columns of a strip beside the seam, which its neighbour continues.
Levels levels_of(const Grid<float>& strip, bool across, bool at_end) {
  constexpr int64_t kDeepPx = 3;
  const int64_t length = across ? strip.width() : strip.height();
  const int64_t deep = std::min(kDeepPx, length);
  const int64_t from = at_end ? length - deep : 0;
  const Grid<float> beside = crop_of(
      strip, across ? Box{0, from, strip.height(), deep} : Box{from, 0, deep, strip.width()});
  double sum = 0;
  double squares = 0;
  for (const float value : beside.values()) {
    sum += value;
    squares += static_cast<double>(value) * value;
  }
  const auto count = static_cast<double>(beside.values().size());
  const double mean = sum / count;
  return {.mean = mean, .sd = std::sqrt(std::max(0.0, squares / count - mean * mean))};
}

// Two strips of one frame put together along their seam, the second brought to the grey levels of
// the first: tiles are often stretched one by one.
Grid<float> joined(const Grid<float>& first, const Grid<float>& second, Point shift) {
  const bool across = shift.x_px != 0;
  const bool first_leads = (across ? shift.x_px : shift.y_px) > 0;
  const Grid<float>& a = first_leads ? first : second;
  const Grid<float>& b = first_leads ? second : first;
  const Levels of_a = levels_of(a, across, true);
  const Levels of_b = levels_of(b, across, false);
  const double gain = of_b.sd > 0 ? of_a.sd / of_b.sd : 1;
  const auto matched = [&](float value) {
    return static_cast<float>(of_a.mean + gain * (value - of_b.mean));
  };
  Grid<float> both(across ? Size{a.height(), a.width() + b.width()}
                          : Size{a.height() + b.height(), a.width()});
  for (int64_t y = 0; y < both.height(); ++y) {
    for (int64_t x = 0; x < both.width(); ++x) {
      both(y, x) = a.size().contains(y, x) ? a(y, x)
                   : across                ? matched(b(y, x - a.width()))
                                           : matched(b(y - a.height(), x));
    }
  }
  return both;
}

// Tall strips lie down, so that they can be large and one above the other.
void lay_along_the_page(report::PairSide& first, report::PairSide& second) {
  if (first.crop.height() < 2 * first.crop.width()) {
    return;
  }
  for (report::PairSide* side : {&first, &second}) {
    if (!side->crop.empty()) {
      side->crop = data::oriented(side->crop, {.quarter_turns = 1});
      side->crop_name += "; here turned by 90 degrees";
    }
  }
}

report::PageEntry picture_of(const Audit& audit, const AuditFinding& found) {
  const auto side = [&](int64_t index, Box shared) {
    const std::string& path = image_of(audit, index).item.image;
    const Grid<float> image = to_float32(read_data_set_image(audit.folder + "/" + path).image);
    return report::PairSide{.name = path,
                            .image = image,
                            .shared = shared,
                            .crop = crop_of(image, shared),
                            .crop_name = "shared region of the first image"};
  };
  report::PairSide first = side(found.first, found.finding.shared);
  report::PairSide second = side(found.second, found.finding.shared_of_second);
  second.crop = data::oriented(second.crop, found.finding.orientation);
  second.crop_name = "the same region of the second image, laid alike";
  if (found.finding.kinship == Kinship::kAbutting) {
    first.crop = joined(first.crop, second.crop, found.finding.shift);
    first.crop_name = "strips of both, in the grey levels of one; the seam runs along the middle";
    second.crop = {};
  }
  lay_along_the_page(first, second);
  return {
      .heading = fmt::format("{}: {} and {}", name(found.finding.kinship), first.name, second.name),
      .verdict = verdict_of(audit, found),
      .alarm = found.leaks(),
      .text = what_was_found(found.finding),
      .jpeg = io::encode_jpeg(report::draw_pair(first, second))};
}

std::string page_of(const Audit& audit, int64_t max_pictures) {
  report::PicturePage page{
      .title = "Audit of a data set",
      .lines = {audit.folder,
                fmt::format("{} of {}", counted(static_cast<int64_t>(audit.images.size()), "image"),
                            counted(regions_in(audit), "specimen region"))},
      .verdict = audit.leaks() > 0
                     ? counted(audit.leaks(), "leak across splits", "leaks across splits")
                     : "No leak across splits",
      .alarm = audit.leaks() > 0,
      .tables = {kinds_table(audit)},
      .entries = {}};
  if (page.alarm) {
    page.tables.push_back(leaks_table(audit));
  }
  for (const AuditFinding& found : audit.findings) {
    if (static_cast<int64_t>(page.entries.size()) == max_pictures) {
      page.lines.push_back(fmt::format("The first {} of {} findings are shown; audit.csv has all.",
                                       max_pictures, audit.findings.size()));
      break;
    }
    page.entries.push_back(picture_of(audit, found));
  }
  page.lines.insert(page.lines.end(), audit.warnings.begin(), audit.warnings.end());
  return report::picture_page(page);
}

Json box_json(Box box) {
  return {{"y", box.y}, {"x", box.x}, {"height", box.height}, {"width", box.width}};
}

Json finding_json(const Audit& audit, const AuditFinding& found) {
  const Finding& finding = found.finding;
  return {{"kind", name(finding.kinship)},
          {"first", image_of(audit, found.first).item.image},
          {"second", image_of(audit, found.second).item.image},
          {"across_splits", found.across_splits},
          {"leak", found.leaks()},
          {"turned_degrees", 90 * finding.orientation.quarter_turns},
          {"mirrored", finding.orientation.mirrored},
          {"inverted", finding.correlation < 0},
          {"shift_y_px", finding.shift.y_px},
          {"shift_x_px", finding.shift.x_px},
          {"shared_of_first", box_json(finding.shared)},
          {"shared_of_second", box_json(finding.shared_of_second)},
          {"shared_fraction", finding.shared_fraction},
          {"correlation", finding.correlation},
          {"confidence", finding.confidence},
          {"same_detector", finding.same_detector}};
}

}  // namespace

std::string table_of(const Audit& audit) {
  constexpr int64_t kMostDetectorRows = 20;
  std::string text;
  int64_t detector_rows = 0;
  size_t first_width = 5;
  size_t second_width = 6;
  for (const AuditFinding& found : audit.findings) {
    first_width = std::max(first_width, image_of(audit, found.first).item.image.size());
    second_width = std::max(second_width, image_of(audit, found.second).item.image.size());
  }
  if (!audit.findings.empty()) {
    text += fmt::format("{:<8} {:<4} {:<{}} {:<{}} {:>11} {:>6} {:>11} {:>10}  {}\n", "kind",
                        "leak", "first", first_width, "second", second_width, "shift y,x", "shared",
                        "correlation", "confidence", "second is");
  }
  for (const AuditFinding& found : audit.findings) {
    const Finding& finding = found.finding;
    if (finding.kinship == Kinship::kDetector && ++detector_rows > kMostDetectorRows) {
      continue;
    }
    text += fmt::format("{:<8} {:<4} {:<{}} {:<{}} {:>11} {:>6.3f} {:>11.3f} {:>10.1f}  {}\n",
                        name(finding.kinship), found.leaks() ? "yes" : "no",
                        image_of(audit, found.first).item.image, first_width,
                        image_of(audit, found.second).item.image, second_width,
                        fmt::format("{:.0f},{:.0f}", finding.shift.y_px, finding.shift.x_px),
                        finding.shared_fraction, finding.correlation, finding.confidence,
                        name(finding.orientation));
  }
  if (detector_rows > kMostDetectorRows) {
    text += fmt::format("... and {} more of the same detector region\n",
                        detector_rows - kMostDetectorRows);
  }
  return text + (text.empty() ? "" : "\n") + summary(audit) + "\n";
}

std::string csv_of(const Audit& audit) {
  std::string csv =
      "kind,leak,across_splits,first,second,first_split,second_split,region,turned_degrees,"
      "mirrored,inverted,shift_y_px,shift_x_px,shared_of_first,shared_of_second,shared_fraction,"
      "correlation,confidence,same_detector\n";
  for (const AuditFinding& found : audit.findings) {
    const Finding& finding = found.finding;
    const AuditImage& first = image_of(audit, found.first);
    const AuditImage& second = image_of(audit, found.second);
    csv += fmt::format(
        "{},{:d},{:d},{},{},{},{},{},{},{:d},{:d},{:.0f},{:.0f},\"{}\",\"{}\",{:.4f},"
        "{:.4f},{:.2f},{:d}\n",
        name(finding.kinship), found.leaks(), found.across_splits, io::csv_text(first.item.image),
        io::csv_text(second.item.image), first.item.split, second.item.split,
        first.region == second.region ? fmt::format("{}", first.region) : "",
        90 * finding.orientation.quarter_turns, finding.orientation.mirrored,
        finding.correlation < 0, finding.shift.y_px, finding.shift.x_px, box_text(finding.shared),
        box_text(finding.shared_of_second), finding.shared_fraction, finding.correlation,
        finding.confidence, finding.same_detector);
  }
  return csv;
}

Json json_of(const Audit& audit) {
  Json json = {{"folder", audit.folder},
               {"mote_version", version()},
               {"leaks", audit.leaks()},
               {"regions", regions_in(audit)}};
  json["images"] = Json::array();
  for (const AuditImage& image : audit.images) {
    json["images"].push_back({{"image", image.item.image},
                              {"label", image.item.label.empty() ? Json() : Json(image.item.label)},
                              {"split", image.item.split.empty() ? Json() : Json(image.item.split)},
                              {"region", image.region}});
  }
  json["findings"] = Json::array();
  for (const AuditFinding& found : audit.findings) {
    json["findings"].push_back(finding_json(audit, found));
  }
  json["warnings"] = audit.warnings;
  return json;
}

void check_audit_output(const std::string& folder, bool force) {
  std::error_code error;
  for (const char* file : kFiles) {
    require_free(folder + "/" + file, force);
  }
  if (fs::exists(folder, error) && !fs::is_directory(folder, error)) {
    throw Error(ErrorKind::kUsage, "{}: is a file, expected a folder to write to", folder);
  }
}

void write_audit(const Audit& audit, const AuditJob& job) {
  std::error_code error;
  fs::create_directories(job.output, error);
  if (error) {
    throw Error(ErrorKind::kResource, "{}: folder cannot be made: {}", job.output, error.message());
  }
  write_file(job.output + "/audit.csv", csv_of(audit));
  write_file(job.output + "/audit.html", page_of(audit, job.max_pictures));
  write_file(job.output + "/audit.json", json_text(json_of(audit), 2) + "\n");
}

}  // namespace mote::pipeline
