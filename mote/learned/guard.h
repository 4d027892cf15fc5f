#pragma once

#include <new>
#include <stdexcept>
#include <string>
#include <utility>

#include <torch/types.h>

#include "mote/core/error.h"

namespace mote::learned {

/// What libtorch said, its first line, as an Error: kResource where memory did not suffice, on the
/// processor or the device.
inline Error libtorch_error(const std::string& said) {
  const std::string line = said.substr(0, said.find('\n'));
  const bool memory = line.find("memory") != std::string::npos;
  return {memory ? ErrorKind::kResource : ErrorKind::kUnsupported, "libtorch: {}", line};
}

/// Calls `work`; what libtorch throws becomes an Error.
template <typename Work>
auto guarded(Work&& work) -> decltype(work()) {
  try {
    return std::forward<Work>(work)();
  } catch (const Error&) {
    throw;
  } catch (const c10::Error& error) {
    throw libtorch_error(error.what_without_backtrace());
  } catch (const std::bad_alloc&) {
    throw Error(ErrorKind::kResource,
                "memory does not suffice for the network; a smaller tile-px takes less");
  } catch (const std::runtime_error& error) {  // libtorch throws some of its own as these
    throw libtorch_error(error.what());
  }
}

}  // namespace mote::learned
