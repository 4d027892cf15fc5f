#include "apps/cli/terminal.h"

#include <cmath>
#include <csignal>
#include <cstdio>
#include <string_view>
#include <utility>

#include <fmt/core.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "mote/pipeline/json_text.h"

namespace mote::cli {
namespace {

constexpr int kBarWidth = 28;
constexpr auto kPlainEvery = std::chrono::seconds(5);

std::atomic<bool> g_interrupted{false};
std::atomic<bool> g_on_terminal{false};
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void on_signal(int signal) {
  if (g_interrupted.exchange(true)) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
  if (g_on_terminal) {
    constexpr std::string_view kHeard = "\nmote: stopping; once more ends it at once\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, kHeard.data(), kHeard.size());
  }
}

std::string time_text(double seconds) {
  const auto whole = static_cast<int64_t>(std::llround(seconds));
  if (whole >= 3600) {
    return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
  }
  if (whole >= 60) {
    return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  }
  return fmt::format("{} s", whole);
}

}  // namespace

const std::atomic<bool>& interrupted() {
  return g_interrupted;
}

void catch_interrupts() {
  g_on_terminal = isatty(STDERR_FILENO) != 0;
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that grows too large is an error to report, not a kill
}

ProgressTeller::ProgressTeller(bool json, std::string unit)
    : json_(json), unit_(std::move(unit)), terminal_(isatty(STDERR_FILENO) != 0) {}

std::string ProgressTeller::rate_text(double rate) const {
  const std::string number = rate >= 10  ? fmt::format("{:.0f}", rate)
                             : rate >= 1 ? fmt::format("{:.1f}", rate)
                                         : fmt::format("{:.2g}", rate);
  return unit_.empty() ? number + "/s" : fmt::format("{} {}/s", number, unit_);
}

ProgressTeller::~ProgressTeller() {
  end_line();
}

void ProgressTeller::end_line() {
  if (line_open_) {
    std::fputc('\n', stderr);
    line_open_ = false;
  }
}

void ProgressTeller::tell(const pipeline::ProgressEvent& event) {
  const Clock::time_point now = Clock::now();
  const double come = double(event.done) + event.under_way;
  if (event.stage != stage_) {
    end_line();
    stage_ = event.stage;
    stage_begin_ = come;
    stage_start_ = now;
    last_line_ = now;
  }
  const double elapsed = std::chrono::duration<double>(now - stage_start_).count();
  const double rate = elapsed > 0 ? (come - stage_begin_) / elapsed : 0;
  if (json_) {
    const nlohmann::ordered_json line = {{"event", "progress"},  {"stage", event.stage},
                                         {"done", event.done},   {"under_way", event.under_way},
                                         {"total", event.total}, {unit_ + "_per_s", rate}};
    fmt::print("{}\n", pipeline::json_text(line));
    std::fflush(stdout);
  } else if (terminal_) {
    draw_bar(event, rate);
  } else if (now - last_line_ >= kPlainEvery) {
    last_line_ = now;
    const std::string unit = unit_.empty() ? unit_ : " " + unit_;
    fmt::print(stderr, "{}: {:.{}f} of {}{}, {}\n", event.stage, come, event.under_way > 0 ? 2 : 0,
               event.total, unit, rate_text(rate));
  }
}

void ProgressTeller::draw_bar(const pipeline::ProgressEvent& event, double rate) {
  const double come = double(event.done) + event.under_way;
  const double share = event.total > 0 ? come / double(event.total) : 1;
  const int filled = static_cast<int>(share * kBarWidth);
  std::string bar;
  for (int i = 0; i < kBarWidth; ++i) {
    bar += i < filled ? "█" : "░";
  }
  std::string rest;
  if (rate > 0) {
    rest = event.done == event.total ? rate_text(rate)
                                     : fmt::format("{}, {} left", rate_text(rate),
                                                   time_text((double(event.total) - come) / rate));
  }
  fmt::print(stderr, "\r\033[K{} {} {}/{}  {}", event.stage, bar, event.done, event.total, rest);
  std::fflush(stderr);
  line_open_ = true;
}

}  // namespace mote::cli
