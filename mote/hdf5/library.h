#pragma once

#include <string>
#include <utility>

// libhdf5 1.12 and newer have other types behind the same names unless told so.
#define H5_USE_110_API
#include <hdf5.h>

#include "mote/core/error.h"

namespace mote::hdf5 {

/// Something that libhdf5 opened, closed again by the function that closes its kind.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);

  Handle() = default;
  Handle(hid_t id, Close close) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Handle() {
    if (id_ >= 0) {
      close_(id_);
    }
  }

  bool open() const { return id_ >= 0; }
  hid_t get() const { return id_; }

 private:
  hid_t id_ = -1;
  Close close_ = nullptr;
};

/// The innermost of what libhdf5 has to say about its last failure, in one line.
std::string last_words();

/// `id`, of which `close` closes it. Throws kBadFile with `what` and libhdf5's words where it is no
/// id.
Handle checked(hid_t id, Handle::Close close, const std::string& what);

/// Keeps libhdf5 to the file that is opened: no messages on standard error, no plug-ins, no links
/// into other files. To be called once, before anything else.
void confine_library();

}  // namespace mote::hdf5
