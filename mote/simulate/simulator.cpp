#include "mote/simulate/simulator.h"

#include <utility>

#include "mote/core/error.h"
#include "mote/simulate/world_layers.h"

namespace mote::simulate {
namespace {

const SimulationOptions& checked(const SimulationOptions& options) {
  check(options);
  return options;
}

}  // namespace

Simulator::Simulator(const SimulationOptions& options)
    : options_(checked(options)), world_(options.world), chronicle_(world_) {
  const WorldOptions& world = options_.world;
  info_.format = "simulation";
  info_.frames = world.frames;
  info_.size = {world.height_px, world.width_px};
  info_.type = options_.microscope.detector.bits == 8 ? SampleType::kUint8 : SampleType::kUint16;
  info_.pixel_size = PixelSize{world.pixel_size_nm, world.pixel_size_nm, {}, "simulation"};
  info_.frame_interval = FrameInterval{world.frame_interval_s, "simulation"};
  info_.exposure_s = world.exposure_s;
}

Simulator::~Simulator() = default;

std::unique_ptr<Microscope> Simulator::take_microscope() {
  {
    const std::lock_guard lock(idle_mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Microscope> microscope = std::move(idle_.back());
      idle_.pop_back();
      return microscope;
    }
  }
  return std::make_unique<Microscope>(microscope_of(options_));
}

Image Simulator::image(int64_t index) {
  std::unique_ptr<Microscope> microscope = take_microscope();
  const auto layers = [&](double time_s, Box box, std::vector<Layer>& out) {
    std::vector<SeenBody> bodies;
    {
      const std::lock_guard lock(world_mutex_);
      if (index < told_ || index >= info_.frames) {
        throw Error(ErrorKind::kUsage, "frame {}, expected one of {} to {}", index, told_,
                    info_.frames - 1);
      }
      bodies = world_.bodies_at(time_s);
    }
    draw_layers(bodies, options_.world, box, options_.materials, out);
  };
  const auto drift = [&](double time_s) {
    const std::lock_guard lock(world_mutex_);
    const ShiftNm shift = world_.drift_at(time_s);
    const double pixel = options_.world.pixel_size_nm;
    return Point{shift.y_nm / pixel, shift.x_nm / pixel};
  };
  const double begin_s = static_cast<double>(index) * options_.world.frame_interval_s;
  Image image = microscope->frame(layers, drift, index, begin_s);
  const std::lock_guard lock(idle_mutex_);
  idle_.push_back(std::move(microscope));
  return image;
}

WorldFrame Simulator::truth() {
  const std::lock_guard lock(world_mutex_);
  if (told_ == info_.frames) {
    throw Error(ErrorKind::kUsage, "no frame after the last of {}", info_.frames);
  }
  ++told_;
  return chronicle_.next();
}

}  // namespace mote::simulate
