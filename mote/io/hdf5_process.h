#pragma once

#include <memory>
#include <string>

#include "mote/io/hdf5_file.h"

namespace mote::io {

struct Hdf5ProcessOptions {
  std::string program;        ///< empty: `mote-hdf5` as plug-ins are found (mote/core/plugin.h)
  double most_seconds = 600;  ///< that a request may take, whatever it waits for
};

/// Opens an HDF5 file in a process of its own, since libhdf5 crashes on damaged files: it runs the
/// program `mote-hdf5`, which has a limit on memory, processor time and open files, and hands
/// samples over in shared memory (docs/design/0004-hdf5-in-a-child-process.md). A process that
/// ended is started anew by the next read.
///
/// Throws kNotFound where there is no such file, kUnsupported where there is no such program,
/// kBadFile for a damaged file, among them those that libhdf5 crashes on or never ends with,
/// kResource where memory runs out.
std::unique_ptr<Hdf5File> open_hdf5_process(const std::string& path,
                                            const Hdf5ProcessOptions& options = {});

}  // namespace mote::io
