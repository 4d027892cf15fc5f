#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace mote {

/// What went wrong, as far as a caller acts on it: apps/error_map.h gives each kind its exit code.
enum class ErrorKind {
  kUsage,        ///< the request is wrong: unknown name, value out of range, shapes that disagree
  kNotFound,     ///< something named is not there: a file, a frame, a track, imported weights
  kBadFile,      ///< a file is damaged, or is not what it is taken for
  kUnsupported,  ///< mote cannot do it here: a variant of a file, a device, program or plug-in
  kResource,     ///< memory or disk ran out, a folder cannot be written, there is no connection
};

/// The one exception that mote throws; its message names the thing, what was found and what was
/// expected.
class Error : public std::runtime_error {
 public:
  template <typename... Args>
  Error(ErrorKind kind, fmt::format_string<Args...> format, Args&&... args)
      : std::runtime_error(fmt::format(format, std::forward<Args>(args)...)), kind_(kind) {}

  ErrorKind kind() const { return kind_; }

  /// The same error with what it happened in put in front: `context: message`.
  Error in(const std::string& context) const { return Error(kind_, "{}: {}", context, what()); }

 private:
  ErrorKind kind_;
};

}  // namespace mote
