#include "mote/simulate/poisson.h"

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <vector>

#include "mote/simulate/elementary.h"

namespace mote::simulate {
namespace {

constexpr double kNegligible = 1e-20;  // relative to the most likely count
constexpr int64_t kWholeMeans = 256;
constexpr int kPowers = 16;  // 2^8 to 2^23
constexpr int64_t kFineMeans = 256;
constexpr double kFine = 16;    // tables to a mean of 1, up to kFineMeans of them
constexpr size_t kGuides = 64;  // so many that the guide is nearly always right

/// Inversion of one distribution: the first count whose cumulative probability exceeds u, sought
/// from the count that the guide names for u's interval.
class Table {
 public:
  explicit Table(double mean) {
    const auto mode = static_cast<int64_t>(mean);
    std::vector<double> below;  // mode - 1 downwards
    double p = 1;
    for (int64_t k = mode; k > 0 && p > kNegligible; --k) {
      p *= static_cast<double>(k) / mean;
      below.push_back(p);
    }
    first_ = mode - static_cast<int64_t>(below.size());
    cumulative_.assign(below.rbegin(), below.rend());
    p = 1;
    for (int64_t k = mode; p > kNegligible; p *= mean / static_cast<double>(++k)) {
      cumulative_.push_back(p);
    }
    double sum = 0;
    for (double& value : cumulative_) {
      value = sum += value;
    }
    for (double& value : cumulative_) {
      value /= sum;
    }
    cumulative_.back() = 1;
    guide_.resize(std::max(kGuides, cumulative_.size()));
    uint32_t at = 0;
    for (size_t i = 0; i < guide_.size(); ++i) {
      while (cumulative_[at] <= static_cast<double>(i) / static_cast<double>(guide_.size())) {
        ++at;
      }
      guide_[i] = at;
    }
  }

  int64_t count(double u) const {
    size_t i = guide_[static_cast<size_t>(u * static_cast<double>(guide_.size()))];
    while (cumulative_[i] <= u) {
      ++i;
    }
    return first_ + static_cast<int64_t>(i);
  }

 private:
  int64_t first_ = 0;
  std::vector<double> cumulative_;
  std::vector<uint32_t> guide_;
};

struct Tables {
  std::vector<Table> fine;
  std::vector<Table> whole;
  std::vector<Table> powers;

  Tables() {
    for (int64_t i = 0; i < kFineMeans; ++i) {
      fine.emplace_back(static_cast<double>(i) / kFine);
    }
    for (int64_t mean = 0; mean < kWholeMeans; ++mean) {
      whole.emplace_back(static_cast<double>(mean));
    }
    for (int i = 0; i < kPowers; ++i) {
      powers.emplace_back(static_cast<double>(kWholeMeans << i));
    }
  }
};

const Tables& tables() {
  static const Tables made;
  return made;
}

/// Inversion by summing: nearly always none, which needs no exponential function.
int64_t drawn_of_little(double mean, Random& random) {
  const double u = random.uniform(0, 1);
  if (u < 1 - mean) {  // less than exp(-mean)
    return 0;
  }
  double p = exp(-mean);
  double sum = p;
  int64_t count = 0;
  while (u >= sum && p > kNegligible) {
    ++count;
    p *= mean / static_cast<double>(count);
    sum += p;
  }
  return count;
}

/// A sum of deviates whose means are those of tables, and of one of less than 1 / kFine.
int64_t drawn(const Tables& from, double mean, Random& random) {
  assert(mean >= 0 && mean <= kMostElectrons);
  int64_t count = 0;
  double left = mean;
  if (mean >= static_cast<double>(kFineMeans) / kFine) {
    const auto whole = static_cast<int64_t>(mean);
    left -= static_cast<double>(whole);
    count += from.whole[static_cast<size_t>(whole % kWholeMeans)].count(random.uniform(0, 1));
    int64_t rest = whole / kWholeMeans;
    for (size_t i = 0; rest > 0; ++i, rest /= 2) {
      if (rest % 2 != 0) {
        count += from.powers[i].count(random.uniform(0, 1));
      }
    }
  }
  const auto fine = static_cast<int64_t>(left * kFine);
  count += from.fine[static_cast<size_t>(fine)].count(random.uniform(0, 1));
  const double little = left - static_cast<double>(fine) / kFine;
  return little > 0 ? count + drawn_of_little(little, random) : count;
}

}  // namespace

int64_t poisson(double mean, Random& random) {
  return drawn(tables(), mean, random);
}

void count_electrons(uint64_t key, const Grid<float>& expected, Grid<float>& counted) {
  if (counted.size() != expected.size()) {
    counted = Grid<float>(expected.size());
  }
  const Tables& from = tables();
  for (size_t i = 0; i < expected.values().size(); ++i) {
    Random random(key + i);
    const double mean = expected.values()[i] > 0 ? expected.values()[i] : 0;
    counted.values()[i] = static_cast<float>(drawn(from, mean, random));
  }
}

}  // namespace mote::simulate
