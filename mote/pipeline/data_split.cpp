#include "mote/pipeline/data_split.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>

#include <fmt/format.h>

#include "mote/core/require.h"
#include "mote/io/csv.h"
#include "mote/pipeline/audit_files.h"
#include "mote/pipeline/file.h"

namespace mote::pipeline {
namespace {

namespace fs = std::filesystem;

void check(const std::error_code& error, const fs::path& path) {
  if (error) {
    throw Error(ErrorKind::kResource, "{}: {}", path.string(), error.message());
  }
}

void check_output(const SplitJob& job, const std::vector<data::Share>& shares) {
  std::error_code error;
  if (job.files != "manifest" && job.files != "copy" && job.files != "link") {
    throw Error(ErrorKind::kUsage, "files is {}, expected manifest, copy or link", job.files);
  }
  const fs::path folder = job.output;
  require_free(job.output + "/split.csv", job.force);
  for (const data::Share& share : shares) {
    if (job.files != "manifest" && fs::exists(folder / share.name, error)) {
      throw Error(ErrorKind::kUsage,
                  "{}/{}: exists, and may hold images of another split: remove it first",
                  job.output, share.name);
    }
  }
}

// Where each image and its label come to lie within the output.
std::vector<data::Item> placed(const Split& split, bool keep_folders) {
  const auto name_of = [&](const std::string& path) {
    return keep_folders ? path : fs::path(path).filename().string();
  };
  std::vector<data::Item> result;
  for (size_t i = 0; i < split.share_of.size(); ++i) {
    const data::Item& item = split.audit.images[i].item;
    const std::string& share = split.shares[static_cast<size_t>(split.share_of[i])].name;
    result.push_back({.image = share + "/images/" + name_of(item.image),
                      .label = item.label.empty() ? "" : share + "/labels/" + name_of(item.label),
                      .split = share});
  }
  return result;
}

// Whether names alone lose nothing: none occurs twice, and each label is still that of its image.
bool names_suffice(const std::vector<data::Item>& items) {
  std::set<std::string> files;
  for (const data::Item& item : items) {
    if (!files.insert(item.image).second ||
        (!item.label.empty() && !files.insert(item.label).second)) {
      return false;
    }
  }
  std::map<std::string, std::string> labels;
  for (const data::Item& read : data::items_of({files.begin(), files.end()})) {
    labels[read.image] = read.label;
  }
  return std::all_of(items.begin(), items.end(),
                     [&](const data::Item& item) { return labels[item.image] == item.label; });
}

void place(const SplitJob& job, const std::string& from, const fs::path& to) {
  std::error_code error;
  fs::create_directories(to.parent_path(), error);
  check(error, to.parent_path());
  const fs::path source = fs::path(job.folder) / from;
  if (job.files == "copy") {
    fs::copy_file(source, to, error);
  } else {
    fs::create_symlink(fs::absolute(source), to, error);
  }
  check(error, to);
}

void place_files(const SplitJob& job, const Split& split) {
  std::vector<data::Item> targets = placed(split, false);
  if (!names_suffice(targets)) {
    targets = placed(split, true);
  }
  for (size_t i = 0; i < targets.size(); ++i) {
    const data::Item& item = split.audit.images[i].item;
    place(job, item.image, fs::path(job.output) / targets[i].image);
    if (!item.label.empty()) {
      place(job, item.label, fs::path(job.output) / targets[i].label);
    }
  }
}

std::string manifest_of(const Split& split) {
  std::string csv = "split,image,label,region,was_split\n";
  for (size_t i = 0; i < split.share_of.size(); ++i) {
    const AuditImage& image = split.audit.images[i];
    csv +=
        fmt::format("{},{},{},{},{}\n", split.shares[static_cast<size_t>(split.share_of[i])].name,
                    io::csv_text(image.item.image), io::csv_text(image.item.label), image.region,
                    image.item.split);
  }
  return csv;
}

}  // namespace

Split split(const SplitJob& job, const JobContext& context) {
  require_seed(job.seed);
  Split split{.shares = data::parse_ratio(job.ratio)};
  check_output(job, split.shares);
  const AuditJob audit_job{
      .folder = job.folder, .output = job.output, .force = job.force, .kinship = job.kinship};
  check_audit_output(job.output, job.force);
  split.audit = audit({.folder = job.folder, .kinship = job.kinship}, context);
  if (split.audit.failure) {
    throw Error(*split.audit.failure);
  }
  std::vector<int64_t> regions;
  for (const AuditImage& image : split.audit.images) {
    regions.push_back(image.region);
  }
  split.share_of = data::split_regions(regions, split.shares, job.seed);
  for (size_t i = 0; i < split.shares.size(); ++i) {
    if (std::count(split.share_of.begin(), split.share_of.end(), static_cast<int64_t>(i)) == 0) {
      split.warnings.push_back(fmt::format(
          "{} has no image: there are too few specimen regions for it", split.shares[i].name));
    }
  }
  write_audit(split.audit, audit_job);
  if (job.files != "manifest") {
    place_files(job, split);
  }
  write_file(job.output + "/split.csv", manifest_of(split));
  return split;
}

std::string table_of(const Split& split) {
  std::string text =
      fmt::format("{:<6} {:>7} {:>8} {:>7}\n", "split", "images", "regions", "share");
  for (size_t i = 0; i < split.shares.size(); ++i) {
    int64_t images = 0;
    std::set<int64_t> regions;
    for (size_t k = 0; k < split.share_of.size(); ++k) {
      if (split.share_of[k] == static_cast<int64_t>(i)) {
        ++images;
        regions.insert(split.audit.images[k].region);
      }
    }
    text +=
        fmt::format("{:<6} {:>7} {:>8} {:>6.1f}%\n", split.shares[i].name, images, regions.size(),
                    100 * static_cast<double>(images) / static_cast<double>(split.share_of.size()));
  }
  return text;
}

}  // namespace mote::pipeline
