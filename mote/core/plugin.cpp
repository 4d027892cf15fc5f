#include "mote/core/plugin.h"

#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <vector>

#include <dlfcn.h>
#include <sys/resource.h>

#include "mote/core/error.h"
#include "mote/core/version.h"

namespace mote {
namespace {

std::string folder_of_libmote() {
  Dl_info info;
  if (dladdr(reinterpret_cast<const void*>(&version), &info) == 0 || info.dli_fname == nullptr) {
    return {};
  }
  const std::string path = info.dli_fname;
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string(".") : path.substr(0, slash);
}

/// Whether the loader's message means that memory did not suffice. `failed to map segment` it says
/// of a file system that lets no code run as well, so a limit of the address space must be set.
bool out_of_memory(const std::string& said) {
  if (said.find("Cannot allocate memory") != std::string::npos) {
    return true;
  }
  rlimit space{};
  return said.find("failed to map segment") != std::string::npos &&
         getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY;
}

const PluginHeader& open_plugin(const std::string& name) {
  std::string tried;
  for (const std::string& folder : plugin_folders()) {
    const std::string path = fmt::format("{}/lib{}.so", folder, name);
    void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      const std::string said = dlerror();
      if (out_of_memory(said)) {
        throw Error(ErrorKind::kResource, "memory does not suffice to load {}: {}", path, said);
      }
      tried += "; " + said;
      continue;
    }
    using Entry = const PluginHeader* (*)();
    const auto entry = reinterpret_cast<Entry>(dlsym(library, (name + "_plugin").c_str()));
    if (entry == nullptr) {
      throw Error(ErrorKind::kUnsupported, "{} is no mote plug-in: it has no {}_plugin", path,
                  name);
    }
    const PluginHeader* header = entry();
    if (header->abi != kPluginAbi || std::strcmp(header->version, version()) != 0) {
      throw Error(ErrorKind::kUnsupported,
                  "{} is of mote {} (plug-in interface {}), this is mote {} (interface {})", path,
                  header->version, header->abi, version(), kPluginAbi);
    }
    return *header;
  }
  throw Error(ErrorKind::kUnsupported, "plug-in lib{}.so could not be loaded{}", name, tried);
}

}  // namespace

std::vector<std::string> plugin_folders() {
  std::vector<std::string> folders = {folder_of_libmote()};
  if (const char* folder = std::getenv("MOTE_PLUGIN_DIR"); folder != nullptr && *folder != '\0') {
    folders.emplace_back(folder);
  }
  return folders;
}

const PluginHeader& load_plugin(const std::string& name) {
  static std::mutex mutex;
  static std::map<std::string, const PluginHeader*> loaded;
  const std::lock_guard lock(mutex);
  const auto found = loaded.find(name);
  if (found != loaded.end()) {
    return *found->second;
  }
  const PluginHeader& header = open_plugin(name);
  loaded.emplace(name, &header);
  return header;
}

}  // namespace mote
