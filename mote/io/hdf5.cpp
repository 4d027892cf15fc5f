#include "mote/io/hdf5.h"

#include <array>
#include <string_view>
#include <utility>

#include <fmt/ranges.h>

#include "mote/core/error.h"
#include "mote/io/dm5.h"
#include "mote/io/emd.h"
#include "mote/io/hdf5_process.h"
#include "mote/io/hyperspy.h"
#include "mote/io/utf8.h"
#include "mote/io/velox.h"

namespace mote::io {
namespace {

struct Kind {
  bool (*looks_like)(const Hdf5Tree& tree);
  std::unique_ptr<FrameSource> (*open)(std::shared_ptr<Hdf5File> file, const ReadOptions& options);
};
constexpr auto kKinds = std::to_array<Kind>({{looks_like_velox, open_velox},
                                             {looks_like_dm5, open_dm5},
                                             {looks_like_hyperspy, open_hyperspy},
                                             {looks_like_emd, open_emd}});

Error unknown_kind(const Hdf5Tree& tree) {
  std::vector<std::string> names = tree.children("");
  constexpr size_t kMostNamed = 5;
  const char* more = names.size() > kMostNamed ? ", ..." : "";
  names.resize(std::min(names.size(), kMostNamed));
  return Error(ErrorKind::kUnsupported,
               "an HDF5 file of none of the kinds that mote reads (EMD of Velox or Berkeley Lab, "
               "HyperSpy, DM5); it holds {}{}",
               names.empty() ? "nothing" : fmt::format("'{}'", fmt::join(names, "', '")), more);
}

// Adds what the file as a whole tells. Names in a file may be of any bytes.
class NamedSource : public FrameSource {
 public:
  NamedSource(std::unique_ptr<FrameSource> source, const std::string& path,
              const std::vector<std::string>& problems)
      : source_(std::move(source)), info_(source_->info()) {
    info_.files = {path};
    info_.warnings.insert(info_.warnings.end(), problems.begin(), problems.end());
    for (std::string& warning : info_.warnings) {
      warning = to_utf8(warning);
    }
    info_.instrument = in_utf8(info_.instrument);
    info_.metadata = in_utf8(info_.metadata);
  }

  const RecordingInfo& info() const override { return info_; }
  Frame read(int64_t index) override { return source_->read(index); }

 private:
  using Texts = std::map<std::string, std::string>;
  static Texts in_utf8(const Texts& texts) {
    Texts all;
    for (const auto& [key, text] : texts) {
      all.emplace(to_utf8(key), to_utf8(text));
    }
    return all;
  }

  std::unique_ptr<FrameSource> source_;
  RecordingInfo info_;
};

}  // namespace

bool looks_like_hdf5(const std::string& leading_bytes) {
  constexpr std::string_view kSignature("\x89HDF\r\n\x1a\n", 8);
  const std::string_view bytes = leading_bytes;
  for (size_t at = 0; at + kSignature.size() <= bytes.size(); at = at == 0 ? 512 : 2 * at) {
    if (bytes.substr(at, kSignature.size()) == kSignature) {
      return true;
    }
  }
  return false;
}

std::unique_ptr<FrameSource> open_hdf5_tree(std::shared_ptr<Hdf5File> file,
                                            const ReadOptions& options) {
  const Hdf5Tree& tree = file->tree();
  for (const Kind& kind : kKinds) {
    if (kind.looks_like(tree)) {
      return kind.open(std::move(file), options);
    }
  }
  throw unknown_kind(tree);
}

std::unique_ptr<FrameSource> open_hdf5(const std::string& path, const ReadOptions& options) {
  const std::shared_ptr<Hdf5File> file = open_hdf5_process(path);
  try {
    return std::make_unique<NamedSource>(open_hdf5_tree(file, options), path,
                                         file->tree().problems);
  } catch (const Error& error) {
    throw Error(error.kind(), "{}", to_utf8(error.what()));
  }
}

}  // namespace mote::io
