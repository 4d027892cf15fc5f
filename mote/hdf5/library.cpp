#include "mote/hdf5/library.h"

#include <algorithm>

namespace mote::hdf5 {
namespace {

herr_t keep_innermost(unsigned /*depth*/, const H5E_error2_t* error, void* words) {
  if (error->desc != nullptr && *error->desc != '\0') {
    *static_cast<std::string*>(words) = error->desc;
  }
  return 0;
}

}  // namespace

std::string last_words() {
  std::string words;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_DOWNWARD, keep_innermost, &words);
  std::replace(words.begin(), words.end(), '\n', ' ');
  return words.empty() ? "no reason given" : words;
}

Handle checked(hid_t id, Handle::Close close, const std::string& what) {
  if (id < 0) {
    throw Error(ErrorKind::kBadFile, "{} (libhdf5: {})", what, last_words());
  }
  return {id, close};
}

void confine_library() {
  H5open();
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  H5PLset_loading_state(0);
  H5Lunregister(H5L_TYPE_EXTERNAL);
}

}  // namespace mote::hdf5
