#pragma once

#include "mote/core/error.h"

namespace mote::apps {

inline constexpr int kExitBug = 1;
inline constexpr int kExitFindings = 7;  ///< a check ran well and found what it looks for
inline constexpr int kExitInterrupted = 130;

/// What each kind of error means to the shell and to a browser.
struct ErrorCodes {
  int exit_code = kExitBug;
  int http_status = 500;
};

constexpr ErrorCodes codes_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage: return {2, 400};
    case ErrorKind::kNotFound: return {3, 404};
    case ErrorKind::kBadFile: return {4, 422};
    case ErrorKind::kUnsupported: return {5, 415};
    case ErrorKind::kResource: return {6, 507};
  }
  return {};
}

}  // namespace mote::apps
