#include "mote/core/assignment.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <limits>
#include <queue>
#include <tuple>
#include <utility>

namespace mote {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Costs are `most - gain`; column `columns + row` belongs to that row alone and costs `most`.
class Search {
 public:
  Search(int32_t rows, int32_t columns, const std::vector<Edge>& edges)
      : columns_(columns),
        edges_(edges),
        begin_(static_cast<size_t>(rows) + 1),
        row_price_(static_cast<size_t>(rows)),
        column_price_(static_cast<size_t>(columns + rows)),
        column_of_(static_cast<size_t>(rows), -1),
        row_of_(static_cast<size_t>(columns + rows), -1),
        distance_(static_cast<size_t>(columns + rows), kInfinity),
        reached_from_(static_cast<size_t>(columns + rows), -1),
        done_(static_cast<size_t>(columns + rows)) {
    for (const Edge& edge : edges_) {
      ++begin_[static_cast<size_t>(edge.row) + 1];
      most_ = std::max(most_, edge.gain);
    }
    for (size_t row = 0; row < static_cast<size_t>(rows); ++row) {
      begin_[row + 1] += begin_[row];
    }
  }

  void add(int32_t row) {
    scanned_rows_.assign(1, row);
    scanned_columns_.clear();
    touched_.clear();
    queue_ = {};
    double length = 0;
    int32_t at = row;
    int32_t end = -1;
    while (end < 0) {
      for (size_t i = begin_[at]; i < begin_[at + 1]; ++i) {
        reach(at, edges_[i].column, length + most_ - edges_[i].gain);
      }
      reach(at, columns_ + at, length + most_);
      const int32_t column = nearest();
      length = distance_[column];
      done_[column] = true;
      scanned_columns_.push_back(column);
      if (row_of_[column] < 0) {
        end = column;
      } else {
        at = row_of_[column];
        scanned_rows_.push_back(at);
      }
    }
    for (const int32_t scanned : scanned_rows_) {
      const double before = scanned == row ? 0 : distance_[column_of_[scanned]];
      row_price_[scanned] += length - before;
    }
    for (const int32_t scanned : scanned_columns_) {
      column_price_[scanned] -= length - distance_[scanned];
    }
    for (int32_t column = end; column >= 0;) {
      const int32_t from = reached_from_[column];
      row_of_[column] = from;
      std::swap(column_of_[from], column);
      if (from == row) {
        break;
      }
    }
    for (const int32_t column : touched_) {
      distance_[column] = kInfinity;
      done_[column] = false;
    }
  }

  std::vector<int32_t> result() const {
    std::vector<int32_t> result = column_of_;
    for (int32_t& column : result) {
      column = column < columns_ ? column : -1;
    }
    return result;
  }

 private:
  void reach(int32_t row, int32_t column, double cost) {
    const double length = cost - row_price_[row] - column_price_[column];
    if (!done_[column] && length < distance_[column]) {
      distance_[column] = length;
      reached_from_[column] = row;
      touched_.push_back(column);
      queue_.emplace(length, column);
    }
  }

  int32_t nearest() {
    while (true) {
      assert(!queue_.empty());
      const auto [length, column] = queue_.top();
      queue_.pop();
      if (!done_[column] && length == distance_[column]) {
        return column;
      }
    }
  }

  int32_t columns_;
  const std::vector<Edge>& edges_;
  double most_ = 0;
  std::vector<size_t> begin_;  // of each row's edges
  std::vector<double> row_price_;
  std::vector<double> column_price_;
  std::vector<int32_t> column_of_;
  std::vector<int32_t> row_of_;
  // Of one search:
  std::vector<double> distance_;
  std::vector<int32_t> reached_from_;
  std::vector<bool> done_;
  std::vector<int32_t> touched_;
  std::vector<int32_t> scanned_rows_;
  std::vector<int32_t> scanned_columns_;
  using Entry = std::pair<double, int32_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> queue_;
};

}  // namespace

std::vector<int32_t> assign(int32_t rows, int32_t columns, std::vector<Edge> edges) {
  std::erase_if(edges, [](const Edge& edge) { return !(edge.gain > 0); });
  std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) {
    return std::tie(a.row, a.column, a.gain) < std::tie(b.row, b.column, b.gain);
  });
  Search search(rows, columns, edges);
  for (int32_t row = 0; row < rows; ++row) {
    search.add(row);
  }
  return search.result();
}

}  // namespace mote
