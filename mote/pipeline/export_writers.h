#pragma once

#include <string>

#include "mote/pipeline/export_source.h"

namespace mote::pipeline {

/// The writers behind `mote export --to`, one a format. Each writes a file, or into a folder that
/// is there and empty, at `path`.
/// Throw kUnsupported where the format cannot hold the run, kResource where writing fails.
void export_geff(ExportSource& source, const std::string& path);
void export_trackmate(ExportSource& source, const std::string& path);
void export_napari(ExportSource& source, const std::string& path);
void export_ctc(ExportSource& source, const std::string& path);
void export_coco(ExportSource& source, const std::string& path);
void export_mots(ExportSource& source, const std::string& path);
void export_yolo(ExportSource& source, const std::string& path);
void export_imagej_roi(ExportSource& source, const std::string& path);

void export_ome_tiff(ExportSource& source, const std::string& path);
void export_ome_zarr(ExportSource& source, const std::string& path);

}  // namespace mote::pipeline
