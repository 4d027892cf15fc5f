#include "mote/pipeline/score_tables.h"

#include <optional>
#include <string_view>

#include "mote/core/error.h"
#include "mote/core/number_text.h"
#include "mote/io/csv.h"
#include "mote/pipeline/track_numbers.h"

namespace mote::pipeline {
namespace {

int64_t required(const std::string& cell, std::string_view column, size_t row) {
  const auto value = number_from<int64_t>(cell);
  if (!value || *value < 0) {
    throw Error(ErrorKind::kBadFile, "line {}: {} is '{}', expected a whole number", row + 2,
                column, cell);
  }
  return *value;
}

/// The second cell where it is given, else the first.
int64_t recorded_or(const std::string& cell, const std::string& recorded, std::string_view column,
                    size_t row) {
  return required(recorded.empty() ? cell : recorded, column, row);
}

int32_t id_of(const std::string& cell, size_t row) {
  if (const auto id = track_number(cell)) {
    return *id;
  }
  throw Error(ErrorKind::kBadFile, "line {}: track is '{}', expected a whole number from 1 on",
              row + 2, cell);
}

std::vector<int32_t> ids_of(const std::string& cell, std::string_view column, size_t row) {
  if (const auto ids = track_numbers(cell)) {
    return *ids;
  }
  throw Error(ErrorKind::kBadFile, "line {}: {} is '{}', expected numbers of tracks with ; between",
              row + 2, column, cell);
}

/// Whether the file dates the necks of its merges, also where they have not come so far.
bool dates_necks(const std::string& text) {
  return text.substr(0, text.find('\n')).find("complete_frame") != std::string::npos;
}

std::optional<int64_t> number_of(const std::string& cell, std::span<const int64_t> numbers) {
  const auto frame = number_from<int64_t>(cell);
  if (!frame || numbers.empty() || *frame < 0 || *frame >= static_cast<int64_t>(numbers.size())) {
    return frame;
  }
  return numbers[static_cast<size_t>(*frame)];
}

}  // namespace

std::vector<Track> tracks_of_csv(const std::string& text) {
  const auto rows = io::csv_cells(text, {"track", "parents", "first_frame", "last_frame"},
                                  {"first_recorded_frame", "last_recorded_frame"});
  std::vector<Track> tracks;
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::vector<std::string>& cells = rows[i];
    tracks.push_back({.id = id_of(cells[0], i),
                      .first_frame = recorded_or(cells[2], cells[4], "first_frame", i),
                      .last_frame = recorded_or(cells[3], cells[5], "last_frame", i),
                      .parents = ids_of(cells[1], "parents", i)});
  }
  return tracks;
}

std::vector<eval::HistoryEvent> events_of_csv(const std::string& text,
                                              std::span<const int64_t> numbers) {
  const auto rows = io::csv_cells(text, {"type", "frame", "tracks", "children"},
                                  {"recorded_frame", "contact_frame", "until_frame", "parted_frame",
                                   "merged_frame", "complete_frame"});
  const bool necks = dates_necks(text);
  std::vector<eval::HistoryEvent> events;
  for (size_t i = 0; i < rows.size(); ++i) {
    const std::vector<std::string>& cells = rows[i];
    eval::HistoryEvent event{.type = cells[0],
                             .frame = recorded_or(cells[1], cells[4], "frame", i),
                             .tracks = ids_of(cells[2], "tracks", i),
                             .children = ids_of(cells[3], "children", i),
                             .contact_frame = number_of(cells[5], numbers),
                             .until_frame = number_of(cells[6], numbers)};
    if (!event.until_frame) {
      event.until_frame = number_of(cells[7], numbers);
    }
    if (eval::is_merge(event.type) && (necks || !cells[8].empty())) {
      event.neck = {.merged_frame = number_of(cells[8], numbers),
                    .complete_frame = number_of(cells[9], numbers)};
    }
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace mote::pipeline
