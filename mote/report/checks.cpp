#include "mote/report/checks.h"

#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "mote/core/counted.h"
#include "mote/imaging/smoothing_rule.h"
#include "mote/report/display_unit.h"

namespace mote::report {
namespace {

// Up to `ok` all is well, up to `look` worth a look.
Verdict at_most(double value, double ok, double look) {
  return value <= ok ? Verdict::kOk : value <= look ? Verdict::kLook : Verdict::kProblem;
}

Verdict at_least(double value, double ok, double look) {
  return value >= ok ? Verdict::kOk : value >= look ? Verdict::kLook : Verdict::kProblem;
}

std::string percent(double share) {
  return share > 0 && share < 0.001 ? "< 0.1 %" : fmt::format("{:.3g} %", 100 * share);
}

double share(int64_t part, int64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0;
}

// What to say for each verdict.
std::string say(Verdict verdict, std::string ok, std::string otherwise) {
  return verdict == Verdict::kOk ? std::move(ok) : std::move(otherwise);
}

// A warning as a sentence.
std::string sentence(std::string text) {
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  return text + ".";
}

Check pixel_size(const CheckInputs& in) {
  if (!in.pixel_size) {
    return {"Pixel size", Verdict::kLook, "not known",
            "Sizes are in pixels. Give it by --pixel-size to get nanometres."};
  }
  const PixelSize& pixel = *in.pixel_size;
  std::string value = pixel_text(pixel);
  if (pixel.relative_uncertainty) {
    value += fmt::format(" ± {}", percent(*pixel.relative_uncertainty));
  }
  return {
      "Pixel size", Verdict::kOk, value,
      fmt::format("From {}.{}", pixel.source,
                  pixel.relative_uncertainty
                      ? " Its uncertainty scales all lengths alike."
                      : " No uncertainty was stated; an error in it scales all lengths alike.")};
}

Check frame_interval(const CheckInputs& in) {
  if (in.time_stamps) {
    return {"Time", Verdict::kOk, "recorded with each frame",
            in.frame_interval ? fmt::format("Nominal interval {:.4g} s, from {}.",
                                            in.frame_interval->seconds, in.frame_interval->source)
                              : "Rates are per second of these stamps."};
  }
  if (in.frame_interval) {
    return {"Time", Verdict::kOk, fmt::format("{:.4g} s per frame", in.frame_interval->seconds),
            fmt::format("Frame interval from {}.", in.frame_interval->source)};
  }
  return {"Time", Verdict::kLook, "frame interval not known",
          "Rates are per frame. Give it by --frame-interval to get seconds."};
}

Check skipped(const CheckInputs& in) {
  const double part = share(in.frames_skipped, in.frames + in.frames_skipped);
  const Verdict verdict = at_most(part, 0, 0.01);
  return {in.recording ? "Frames skipped" : "Micrographs skipped", verdict,
          fmt::format("{} of {}", in.frames_skipped, in.frames + in.frames_skipped),
          say(verdict, "Everything could be read.", "What could not be read is in the warnings.")};
}

Check found(const CheckInputs& in) {
  const Verdict verdict = in.instances > 0 ? Verdict::kOk : Verdict::kProblem;
  const std::string where = counted(in.frames, in.recording ? "frame" : "micrograph");
  return {"Particles", verdict, fmt::format("{} in {}", counted(in.instances, "instance"), where),
          say(verdict, "Every particle counts once in each frame that shows it.",
              "No particle was found; “mote preview” shows threshold and sigma.")};
}

void add_drift(const CheckInputs& in, std::vector<Check>& list) {
  if (!in.drift_wanted) {
    list.push_back(
        {"Drift", Verdict::kLook, "not corrected", "Displacements hold the drift of the stage."});
    return;
  }
  if (in.drift_residual_px) {
    const Verdict verdict = at_most(*in.drift_residual_px, 0.1, 0.3);
    list.push_back({"Drift residual", verdict, fmt::format("{:.2g} px rms", *in.drift_residual_px),
                    say(verdict, "Registrations to several frames agree with one another.",
                        "Registrations disagree: displacements below this are not motion.")});
  }
  if (in.frames_with_drift > 0) {
    const double part = share(in.frames_interpolated, in.frames_with_drift);
    const Verdict verdict = at_most(part, 0.02, 0.1);
    list.push_back({"Drift interpolated", verdict, percent(part) + " of frames",
                    say(verdict, "Drift was measured in nearly every frame.",
                        part == 1 ? "Drift could not be measured and none was assumed: "
                                    "displacements hold it."
                                  : "In these frames drift was not measured but drawn from those "
                                    "around.")});
  }
}

void add_threshold(const CheckInputs& in, std::vector<Check>& list) {
  if (!in.threshold_sd || !in.contrast || *in.contrast <= 0) {
    return;
  }
  // Not of the level, which an offset of the camera makes as large as it likes.
  const double spread = *in.threshold_sd / *in.contrast;
  const Verdict verdict = at_most(spread, 0.05, 0.15);
  list.push_back({"Threshold stability", verdict, "sd/contrast " + percent(spread),
                  say(verdict, "The threshold hardly moves, and sizes do not breathe with it.",
                      "The threshold moves with the dose or contrast; sizes may move with it.")});
}

void add_shares(const CheckInputs& in, std::vector<Check>& list) {
  if (in.instances == 0) {
    return;
  }
  const double border = share(in.at_border, in.instances);
  const Verdict border_verdict = at_most(border, 0.2, 0.4);
  list.push_back({"At the border", border_verdict, percent(border) + " of instances",
                  say(border_verdict, "Left out of sizes; the others are weighted for it.",
                      "Much of the sample is cut by the field; its corrections weigh heavily.")});
  const double touching = share(in.touching, in.instances);
  const Verdict touching_verdict = at_most(touching, 0.1, 0.3);
  list.push_back(
      {"Touching one another", touching_verdict, percent(touching) + " of instances",
       say(touching_verdict, "Few sizes depend on how particles were cut apart.",
           "Sizes depend on how they were cut apart: frames.csv has the mean with clusters "
           "whole and without them.")});
  if (!in.recording) {
    return;
  }
  const double shared = share(in.shared, in.instances);
  const Verdict shared_verdict = at_most(shared, 0.01, 0.05);
  list.push_back({"Shared by several tracks", shared_verdict, percent(shared) + " of instances",
                  say(shared_verdict, "Left out of sizes.",
                      "Particles in contact that could not be told apart are left out of sizes.")});
}

void add_contacts(const CheckInputs& in, std::vector<Check>& list) {
  if (!in.recording || in.contacts + in.unresolved == 0) {
    return;
  }
  const double part = share(in.unresolved, std::max(in.contacts, in.unresolved));
  const Verdict verdict = at_most(part, 0.1, 0.3);
  list.push_back({"Unresolved contacts", verdict,
                  fmt::format("{} of {}", in.unresolved, std::max(in.contacts, in.unresolved)),
                  say(verdict, "Nearly every contact ends in a merge or in parting.",
                      "The recording ends before these contacts end in a merge or in parting.")});
}

void add_resolution(const CheckInputs& in, std::vector<Check>& list) {
  if (in.sigma_px && in.median_ecd_px && *in.median_ecd_px > 0) {
    const double ratio = *in.sigma_px / (*in.median_ecd_px / 2);
    const auto warning = imaging::smoothing_warning(*in.sigma_px, *in.median_ecd_px / 2);
    list.push_back({"Smoothing over radius", warning ? Verdict::kLook : Verdict::kOk,
                    fmt::format("{:.2g}", ratio),
                    warning             ? sentence(*warning)
                    : *in.sigma_px == 0 ? "The mask was found without smoothing."
                                        : "Sigma is small beside the median radius."});
  }
  if (in.min_diameter_px) {
    const double limit = *in.min_diameter_px;
    std::string value = fmt::format("ECD {:.3g} px", limit);
    if (in.pixel_size) {
      value = fmt::format("ECD {} ({:.3g} px)",
                          length_text(limit * std::sqrt(in.pixel_size->area_nm2()), 3), limit);
    }
    const bool near = in.median_ecd_px && *in.median_ecd_px < 2 * limit;
    const Verdict verdict = near ? Verdict::kLook : Verdict::kOk;
    list.push_back({"Detection limit", verdict, value,
                    say(verdict, "Smaller particles are not counted.",
                        "The median size is near it: the distribution is cut off below.")});
  }
  if (in.effective_n) {
    const Verdict verdict = at_least(*in.effective_n, 30, 10);
    list.push_back(
        {"Effective sample", verdict,
         fmt::format("N = {:.3g} per {}", *in.effective_n, in.recording ? "frame" : "micrograph"),
         say(verdict, "Means have a useful interval; percentiles need far more.",
             "So few particles give wide intervals: read them before the means.")});
  }
  if (in.size_sample && in.size_sample->count() >= 2) {
    const auto note = in.size_sample->note();
    list.push_back({"Sample for percentiles", note ? Verdict::kLook : Verdict::kOk,
                    counted(in.size_sample->count(), "particle"),
                    note ? sentence(*note) : "As many as ISO 13322-1:2004 asks for."});
  }
}

}  // namespace

std::string_view name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kOk: return "ok";
    case Verdict::kLook: return "look";
    case Verdict::kProblem: return "problem";
  }
  return "";
}

std::vector<Check> checks(const CheckInputs& inputs) {
  std::vector<Check> list = {found(inputs), skipped(inputs), pixel_size(inputs)};
  if (inputs.recording) {
    list.push_back(frame_interval(inputs));
    add_drift(inputs, list);
  }
  add_threshold(inputs, list);
  add_shares(inputs, list);
  add_contacts(inputs, list);
  add_resolution(inputs, list);
  return list;
}

}  // namespace mote::report
