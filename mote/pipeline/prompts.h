#pragma once

#include <string>
#include <vector>

#include "mote/core/grid.h"
#include "mote/pipeline/jobs.h"

namespace mote::pipeline {

/// Reads `--point`: `x=..,y=..` in pixels of the field, in any order.
/// Throws kUsage where the text is no such thing, or a number is not finite: bare lists of numbers
/// are refused, for some programs mean (x, y) by them and some (y, x).
Point parse_point(const std::string& text);

/// Reads `--box`: `x0=..,y0=..,x1=..,y1=..` in any order: the first pixel of the box and the one
/// after its last. Throws kUsage likewise, and where the box is empty.
Box parse_box(const std::string& text);

/// What a job asks a network about, in pixels of the field: what --roi and --bin leave, as the
/// positions of particles.csv count. It must outlive this.
class Prompts {
 public:
  /// Throws as parse_point and parse_box.
  explicit Prompts(const Job& job);

  const std::vector<Point>& points() const { return points_; }
  const std::vector<Box>& boxes() const { return boxes_; }

  /// Throws kUsage, naming it, where a point or a part of a box lies outside a field of this size.
  void require_inside(Size field) const;

 private:
  const Job& job_;
  std::vector<Point> points_;
  std::vector<Box> boxes_;
};

}  // namespace mote::pipeline
