#pragma once

#include <new>
#include <stdexcept>
#include <string>
#include <utility>

#include <torch/types.h>

#include "mote/core/error.h"
#include "mote/learned/memory.h"

namespace mote::learned {

/// What libtorch said, its first line, as an Error: kResource where memory did not suffice, on the
/// processor or the device.
inline Error libtorch_error(const std::string& said, const std::string& advice) {
  const std::string line = said.substr(0, said.find('\n'));
  if (line.find("CUDA out of memory") != std::string::npos) {
    return out_of_memory("memory of the device", advice);
  }
  if (line.find("allocate memory") != std::string::npos) {
    return out_of_memory("memory", advice);
  }
  return {ErrorKind::kUnsupported, "libtorch: {}", line};
}

/// Calls `work`; what libtorch throws becomes an Error, one of memory with `advice`.
template <typename Work>
auto guarded(Work&& work, const std::string& advice = {}) -> decltype(work()) {
  try {
    return std::forward<Work>(work)();
  } catch (const Error&) {
    throw;
  } catch (const c10::Error& error) {
    throw libtorch_error(error.what_without_backtrace(), advice);
  } catch (const std::bad_alloc&) {
    throw out_of_memory("memory", advice);
  } catch (const std::runtime_error& error) {  // libtorch throws some of its own as these
    throw libtorch_error(error.what(), advice);
  }
}

}  // namespace mote::learned
