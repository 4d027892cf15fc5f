#pragma once

namespace mote::nn {

/// While one lives, networks of this thread compute operator by operator, as they are written in
/// their papers, without mote's kernels: the reference that tests and benches compare with, and the
/// form that is exported.
class PlainOperators {
 public:
  PlainOperators();
  ~PlainOperators();
  PlainOperators(const PlainOperators&) = delete;
  PlainOperators& operator=(const PlainOperators&) = delete;
};

/// Whether a PlainOperators lives in this thread.
bool plain_operators();

}  // namespace mote::nn
