#include "mote/pipeline/data_split.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>

#include <fmt/format.h>

#include "mote/pipeline/audit_files.h"
#include "mote/pipeline/csv_text.h"
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
  if (!job.force && fs::exists(folder / "split.csv", error)) {
    throw Error(ErrorKind::kUsage, "{}/split.csv: exists; overwrite it with --force", job.output);
  }
  for (const data::Share& share : shares) {
    if (job.files != "manifest" && fs::exists(folder / share.name, error)) {
      throw Error(ErrorKind::kUsage,
                  "{}/{}: exists, and may hold images of another split: remove it first",
                  job.output, share.name);
    }
  }
}

std::string joined(std::string path) {
  std::replace(path.begin(), path.end(), '/', '_');
  return path;
}

// File names, or whole paths in one word where a name occurs twice.
std::map<std::string, std::string> new_names(const std::vector<std::string>& paths) {
  std::set<std::string> names;
  bool twice = false;
  for (const std::string& path : paths) {
    twice |= !names.insert(fs::path(path).filename().string()).second;
  }
  std::map<std::string, std::string> result;
  for (const std::string& path : paths) {
    result[path] = twice ? joined(path) : fs::path(path).filename().string();
  }
  return result;
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
  std::vector<std::string> images;
  std::vector<std::string> labels;
  for (const AuditImage& image : split.audit.images) {
    images.push_back(image.item.image);
    if (!image.item.label.empty()) {
      labels.push_back(image.item.label);
    }
  }
  const auto image_names = new_names(images);
  const auto label_names = new_names(labels);
  for (size_t i = 0; i < images.size(); ++i) {
    const data::Item& item = split.audit.images[i].item;
    const fs::path folder =
        fs::path(job.output) / split.shares[static_cast<size_t>(split.share_of[i])].name;
    place(job, item.image, folder / "images" / image_names.at(item.image));
    if (!item.label.empty()) {
      place(job, item.label, folder / "labels" / label_names.at(item.label));
    }
  }
}

std::string manifest_of(const Split& split) {
  std::string csv = "split,image,label,region,was_split\n";
  for (size_t i = 0; i < split.share_of.size(); ++i) {
    const AuditImage& image = split.audit.images[i];
    csv += fmt::format(
        "{},{},{},{},{}\n", split.shares[static_cast<size_t>(split.share_of[i])].name,
        csv_text(image.item.image), csv_text(image.item.label), image.region, image.item.split);
  }
  return csv;
}

}  // namespace

Split split(const SplitJob& job, const JobContext& context) {
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
