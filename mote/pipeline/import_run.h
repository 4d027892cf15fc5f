#pragma once

#include <string>
#include <vector>

#include "mote/core/lineage.h"
#include "mote/pipeline/import_source.h"
#include "mote/pipeline/progress.h"

namespace mote::pipeline {

/// Throws kNotFound where the folder is no run that can be corrected: it has no journal.
void require_correctable(const std::string& run);

/// The names of files that an import writes.
std::vector<std::string> names_of_import();

/// `track,parents,first_frame,last_frame`, as `mote measure --tracks` takes it.
std::string parents_csv(const std::vector<Track>& tracks);

/// Writes a copy of `run`, whose tracks are `of_run`, into `folder`, edited as `tracks` says: of
/// points, which particles each track has; of masks, the label images. Particles that no point
/// names, and tracks that the file does not have, are taken out. Adds warnings to `tracks`, whose
/// images have the size of the run's. Throws kUsage where frames are not those of the run.
void write_into_run(ImportedTracks& tracks, const std::string& run, const TrackGraph& of_run,
                    const std::string& folder, const JobContext& context);

}  // namespace mote::pipeline
