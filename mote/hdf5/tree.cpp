#include "mote/hdf5/tree.h"

#include <array>
#include <deque>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "mote/hdf5/attributes.h"
#include "mote/hdf5/types.h"

namespace mote::hdf5 {
namespace {

constexpr size_t kMostNodes = 100'000;
constexpr size_t kMostProblems = 20;
constexpr int kMostDepth = 64;

struct Group {
  std::string path;
  int depth = 0;
};

herr_t add_name(hid_t /*group*/, const char* name, const H5L_info_t* info, void* to) {
  auto& names = *static_cast<std::vector<std::string>*>(to);
  const std::string_view text = name;
  const bool inside = info->type == H5L_TYPE_HARD || info->type == H5L_TYPE_SOFT;
  if (inside && !text.empty() && text != "." && text.find('/') == std::string_view::npos) {
    names.emplace_back(text);
  }
  return names.size() <= kMostNodes ? 0 : 1;
}

struct Filter {
  H5Z_filter_t id;
  const char* name;
};
constexpr auto kFilters = std::to_array<Filter>({{H5Z_FILTER_SZIP, "SZIP"},
                                                 {32000, "LZF"},
                                                 {32001, "Blosc"},
                                                 {32004, "LZ4"},
                                                 {32008, "bitshuffle"},
                                                 {32015, "Zstandard"},
                                                 {32026, "Blosc2"}});

std::string filter_name(H5Z_filter_t id) {
  for (const Filter& filter : kFilters) {
    if (filter.id == id) {
      return fmt::format("{} (HDF5 filter {})", filter.name, id);
    }
  }
  return fmt::format("HDF5 filter {}", id);
}

std::string filter_problem(hid_t creation) {
  const int filters = H5Pget_nfilters(creation);
  for (int i = 0; i < filters; ++i) {
    unsigned flags = 0;
    unsigned settings = 0;
    size_t values = 0;
    const H5Z_filter_t id = H5Pget_filter2(creation, static_cast<unsigned>(i), &flags, &values,
                                           nullptr, 0, nullptr, &settings);
    if (id >= 0 && H5Zfilter_avail(id) <= 0) {
      return fmt::format(
          "compressed by {}, which the installed libhdf5 does not decode: save it with gzip or "
          "uncompressed",
          filter_name(id));
    }
  }
  return {};
}

std::string layout_problem(hid_t creation) {
  if (H5Pget_layout(creation) == H5D_VIRTUAL) {
    return "a virtual dataset, put together from other files: mote reads no other file";
  }
  if (H5Pget_external_count(creation) > 0) {
    return "its samples lie in another file, which mote does not read";
  }
  return filter_problem(creation);
}

std::vector<int64_t> shape_of(hid_t dataset) {
  const Handle space = checked(H5Dget_space(dataset), H5Sclose, "a dataset without a shape");
  std::array<hsize_t, H5S_MAX_RANK> sizes{};
  const int rank = H5Sget_simple_extent_dims(space.get(), sizes.data(), nullptr);
  std::vector<int64_t> shape;
  for (int i = 0; i < rank; ++i) {
    if (sizes[static_cast<size_t>(i)] > hsize_t{1} << 62) {
      throw Error(ErrorKind::kBadFile, "a dataset of {} samples on one axis",
                  sizes[static_cast<size_t>(i)]);
    }
    shape.push_back(static_cast<int64_t>(sizes[static_cast<size_t>(i)]));
  }
  return shape;
}

std::vector<int64_t> chunk_of(hid_t creation, size_t rank) {
  std::array<hsize_t, H5S_MAX_RANK> sizes{};
  if (H5Pget_layout(creation) != H5D_CHUNKED ||
      H5Pget_chunk(creation, H5S_MAX_RANK, sizes.data()) != static_cast<int>(rank)) {
    return {};
  }
  return {sizes.begin(), sizes.begin() + static_cast<std::ptrdiff_t>(rank)};
}

io::Hdf5Dataset dataset_of(hid_t dataset) {
  const Handle type = checked(H5Dget_type(dataset), H5Tclose, "a dataset without a type");
  const Handle creation =
      checked(H5Dget_create_plist(dataset), H5Pclose, "a dataset without a layout");
  const SampleKind kind = sample_kind(type.get());
  io::Hdf5Dataset told{.type = kind.words, .stored = kind.stored, .shape = shape_of(dataset)};
  told.chunk = chunk_of(creation.get(), told.shape.size());
  told.problem = layout_problem(creation.get());
  if (told.problem.empty()) {
    told.held_bytes = static_cast<int64_t>(H5Dget_storage_size(dataset));
    told.text = first_text(dataset);
  }
  return told;
}

class Walk {
 public:
  explicit Walk(hid_t file) : file_(file) {}

  io::Hdf5Tree tree() {
    const Handle root = checked(H5Gopen2(file_, "/", H5P_DEFAULT), H5Gclose, "no root group");
    see(root.get());
    tree_.nodes[""].attributes = attributes_of(root.get());
    groups_.push_back({});
    while (!groups_.empty()) {
      const Group group = std::move(groups_.front());
      groups_.pop_front();
      list(group);
    }
    return std::move(tree_);
  }

 private:
  // Whether a group is seen for the first time: links may lead back.
  bool see(hid_t group) {
    H5O_info_t info;
    return H5Oget_info2(group, &info, H5O_INFO_BASIC) >= 0 && seen_.insert(info.addr).second;
  }

  void problem(const std::string& path, const std::string& why) {
    if (tree_.problems.size() < kMostProblems) {
      tree_.problems.push_back(fmt::format("'{}' of the file cannot be read: {}", path, why));
    }
  }

  void list(const Group& group) {
    const Handle open(H5Oopen(file_, group.path.empty() ? "/" : group.path.c_str(), H5P_DEFAULT),
                      H5Oclose);
    std::vector<std::string> names;
    if (!open.open() ||
        H5Literate(open.get(), H5_INDEX_NAME, H5_ITER_NATIVE, nullptr, add_name, &names) < 0) {
      problem(group.path, last_words());
    }
    for (const std::string& name : names) {
      if (tree_.nodes.size() >= kMostNodes) {
        throw Error(ErrorKind::kUnsupported, "an HDF5 file of more than {} groups and datasets",
                    kMostNodes);
      }
      const std::string path = group.path + "/" + name;
      try {
        add(path, group.depth + 1);
      } catch (const Error& error) {
        problem(path, error.what());
      }
    }
  }

  void add(const std::string& path, int depth) {
    const Handle object =
        checked(H5Oopen(file_, path.c_str(), H5P_DEFAULT), H5Oclose, "it does not open");
    const H5I_type_t kind = H5Iget_type(object.get());
    if (kind == H5I_GROUP && see(object.get()) && depth < kMostDepth) {
      groups_.push_back({.path = path, .depth = depth});
    } else if (kind != H5I_DATASET) {
      return;
    }
    io::Hdf5Node node{.attributes = attributes_of(object.get()), .dataset = {}};
    if (kind == H5I_DATASET) {
      node.dataset = dataset_of(object.get());
    }
    tree_.nodes[path] = std::move(node);
  }

  hid_t file_;
  io::Hdf5Tree tree_;
  std::deque<Group> groups_;
  std::set<haddr_t> seen_;
};

}  // namespace

io::Hdf5Tree read_tree(hid_t file) {
  return Walk(file).tree();
}

}  // namespace mote::hdf5
