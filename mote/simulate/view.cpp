#include "mote/simulate/view.h"

#include "mote/core/require.h"

namespace mote::simulate {
namespace {

bool within(double value, double low, double high) {
  return value >= low && value <= high;
}

void check(const LiquidOptions& liquid) {
  require_option(within(liquid.thickness_nm, 0, 1e5), "liquid.thickness-nm", liquid.thickness_nm,
                 "0 to 100000");
  require_option(within(liquid.mean_free_path_nm, 1e-3, 1e9), "liquid.mean-free-path-nm",
                 liquid.mean_free_path_nm, "0.001 to 1000000000");
  require_option(within(liquid.collected_share, 0, 1), "liquid.collected-share",
                 liquid.collected_share, "0 to 1");
  require_option(within(liquid.blur_nm, 0, 1000), "liquid.blur-nm", liquid.blur_nm, "0 to 1000");
  require_option(within(liquid.haadf_scatter_per_nm, 0, 1), "liquid.haadf-scatter-per-nm",
                 liquid.haadf_scatter_per_nm, "0 to 1");
}

void check(const ScanOptions& scan, double pixel_size_nm) {
  const double widest_nm = 64 * pixel_size_nm;
  require_option(within(scan.probe_sd_nm, 0, widest_nm), "scan.probe-sd-nm", scan.probe_sd_nm,
                 "0 to 64 pixels");
  require_option(within(scan.probe_tail_share, 0, 1), "scan.probe-tail-share",
                 scan.probe_tail_share, "0 to 1");
  require_option(within(scan.probe_tail_sd_nm, 0, widest_nm), "scan.probe-tail-sd-nm",
                 scan.probe_tail_sd_nm, "0 to 64 pixels");
  require_option(within(scan.line_jitter_px, 0, 16), "scan.line-jitter-px", scan.line_jitter_px,
                 "0 to 16");
  require_option(within(scan.line_gain_sd, 0, 0.25), "scan.line-gain-sd", scan.line_gain_sd,
                 "0 to 0.25");
  require_option(within(static_cast<double>(scan.lines_per_step), 1, 16384), "scan.lines-per-step",
                 scan.lines_per_step, "1 to 16384");
}

}  // namespace

void check(const ViewOptions& options) {
  require_option(options.field.height >= 8 && options.field.height <= 16384, "height",
                 options.field.height, "8 to 16384");
  require_option(options.field.width >= 8 && options.field.width <= 16384, "width",
                 options.field.width, "8 to 16384");
  require_option(within(options.pixel_size_nm, 1e-4, 1000), "pixel-size-nm", options.pixel_size_nm,
                 "0.0001 to 1000");
  require_option(options.sub_exposures >= 1 && options.sub_exposures <= 1000, "sub-exposures",
                 options.sub_exposures, "1 to 1000");
  require_option(within(options.plane_nm, 0, 1e9), "plane-nm", options.plane_nm, "0 to 1000000000");
  check(options.liquid);
  check(options.scan, options.pixel_size_nm);
  check(options.optics);
}

}  // namespace mote::simulate
