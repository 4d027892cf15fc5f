#include "mote/pipeline/data_audit.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <utility>

#include <fmt/format.h>
#include <opencv2/core.hpp>
#include <tbb/parallel_for.h>

#include "mote/data/fingerprint.h"
#include "mote/data/split.h"
#include "mote/pipeline/audit_files.h"
#include "mote/pipeline/data_set.h"

namespace mote::pipeline {
namespace {

/// Tells progress from several threads, one at a time.
class Teller {
 public:
  Teller(const JobContext& context, std::string stage, int64_t total)
      : context_(context), stage_(std::move(stage)), total_(total) {}

  void add(int64_t done) {
    if (context_.cancelled()) {
      throw Cancelled();
    }
    const std::lock_guard lock(mutex_);
    done_ += done;
    if (context_.progress && (every_.due() || done_ == total_)) {
      context_.progress({.stage = stage_, .done = done_, .total = total_});
    }
  }

 private:
  const JobContext& context_;
  std::string stage_;
  int64_t total_;
  int64_t done_ = 0;
  Every every_{kProgressEvery, true};
  std::mutex mutex_;
};

struct Read {
  data::Fingerprint print;
  std::optional<Error> failure;
  std::string warning;
};

Read read_print(const std::string& folder, const std::string& image, int64_t bin) {
  Read read;
  try {
    const DataSetImage found = read_data_set_image(folder + "/" + image);
    read.print = data::fingerprint_of(found.image, found.excluded, bin);
    if (read.print.blank()) {
      read.warning = fmt::format("{}: is even or too small, and was compared with none", image);
    } else if (found.frames > 1) {
      read.warning =
          fmt::format("{}: holds {} frames, of which the first was compared", image, found.frames);
    }
  } catch (const Error& error) {
    read.failure = error;
    read.warning = fmt::format("{} It was left out", error.what());
  }
  return read;
}

int64_t bin_for(const std::string& folder, const std::vector<data::Item>& items) {
  std::vector<Size> sizes;
  for (const data::Item& item : items) {
    try {
      sizes.push_back(data_set_image_size(folder + "/" + item.image));
    } catch (const Error&) {
      continue;  // told of when it is read
    }
  }
  return data::common_bin(sizes);
}

std::vector<Read> read_all(const std::string& folder, const std::vector<data::Item>& items,
                           const JobContext& context) {
  const int64_t bin = bin_for(folder, items);
  std::vector<Read> reads(items.size());
  Teller teller(context, "reading images", static_cast<int64_t>(items.size()));
  tbb::parallel_for(size_t{0}, items.size(), [&](size_t i) {
    cv::setNumThreads(1);
    reads[i] = read_print(folder, items[i].image, bin);
    teller.add(1);
  });
  return reads;
}

std::vector<AuditFinding> compare_all(const std::vector<Read>& reads, const AuditJob& job,
                                      const JobContext& context) {
  const auto count = static_cast<int64_t>(reads.size());
  std::vector<std::vector<AuditFinding>> found(reads.size());
  Teller teller(context, "comparing pairs", count * (count - 1) / 2);
  tbb::parallel_for(int64_t{1}, count, [&](int64_t k) {
    const int64_t second = count - k;  // those with most pairs first
    const data::Fingerprint& print = reads[static_cast<size_t>(second)].print;
    if (print.blank()) {
      teller.add(second);
      return;
    }
    data::PairSearch search(print, job.kinship);
    for (int64_t first = 0; first < second; ++first) {
      const data::Fingerprint& other = reads[static_cast<size_t>(first)].print;
      if (!other.blank()) {
        if (const auto finding = search.find(other)) {
          found[static_cast<size_t>(second)].push_back(
              {.first = first, .second = second, .finding = *finding});
        }
      }
      teller.add(1);
    }
  });
  std::vector<AuditFinding> all;
  for (const auto& some : found) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

void put_in_order(std::vector<AuditFinding>& findings) {
  const auto key = [](const AuditFinding& finding) {
    return std::make_tuple(!finding.leaks(), finding.finding.kinship, !finding.across_splits,
                           finding.first, finding.second);
  };
  std::sort(findings.begin(), findings.end(),
            [&](const AuditFinding& a, const AuditFinding& b) { return key(a) < key(b); });
}

void number_regions(Audit& audit) {
  std::vector<data::Bond> bonds;
  for (const AuditFinding& found : audit.findings) {
    if (found.finding.kinship != data::Kinship::kDetector) {
      bonds.push_back({found.first, found.second});
    }
  }
  const auto regions = data::regions_of(static_cast<int64_t>(audit.images.size()), bonds);
  for (size_t i = 0; i < regions.size(); ++i) {
    audit.images[i].region = regions[i];
  }
}

}  // namespace

int64_t Audit::leaks() const {
  return std::count_if(findings.begin(), findings.end(),
                       [](const AuditFinding& found) { return found.leaks(); });
}

Audit audit(const AuditJob& job, const JobContext& context) {
  if (!job.output.empty()) {
    check_audit_output(job.output, job.force);
  }
  const std::vector<data::Item> items = data_set_items(job.folder);
  const std::vector<Read> reads = read_all(job.folder, items, context);
  Audit audit{.folder = job.folder, .findings = compare_all(reads, job, context)};
  for (size_t i = 0; i < items.size(); ++i) {
    audit.images.push_back({.item = items[i], .size = reads[i].print.size});
    if (!reads[i].warning.empty()) {
      audit.warnings.push_back(reads[i].warning);
    }
    if (reads[i].failure && !audit.failure) {
      audit.failure = reads[i].failure;
    }
  }
  for (AuditFinding& found : audit.findings) {
    const std::string& first = audit.images[static_cast<size_t>(found.first)].item.split;
    const std::string& second = audit.images[static_cast<size_t>(found.second)].item.split;
    found.across_splits = !first.empty() && !second.empty() && first != second;
  }
  put_in_order(audit.findings);
  number_regions(audit);
  if (!job.output.empty()) {
    write_audit(audit, job);
  }
  return audit;
}

}  // namespace mote::pipeline
