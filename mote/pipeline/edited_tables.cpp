#include "mote/pipeline/edited_tables.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

#include "mote/core/error.h"
#include "mote/io/csv.h"
#include "mote/pipeline/file.h"
#include "mote/pipeline/track_numbers.h"

namespace mote::pipeline {
namespace {

// A cell of one line of a file.
struct CellPlace {
  const std::string& path;
  int64_t line = 0;
  const char* column = "";
};

int32_t number_in(const std::string& cell, const CellPlace& place) {
  if (const auto number = track_number(cell)) {
    return *number;
  }
  throw Error(ErrorKind::kBadFile, "{}: line {}: {} is '{}', expected a whole number from 1 on",
              place.path, place.line, place.column, cell);
}

std::vector<int32_t> numbers_in(const std::string& cell, const CellPlace& place) {
  std::optional<std::vector<int32_t>> numbers = track_numbers(cell);
  if (!numbers) {
    throw Error(ErrorKind::kBadFile,
                "{}: line {}: {} is '{}', expected numbers of tracks with ; between", place.path,
                place.line, place.column, cell);
  }
  std::sort(numbers->begin(), numbers->end());
  numbers->erase(std::unique(numbers->begin(), numbers->end()), numbers->end());
  return *numbers;
}

bool is_blank(const std::vector<std::string>& cells) {
  return std::all_of(cells.begin(), cells.end(),
                     [](const std::string& cell) { return cell.empty(); });
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(",\r") == std::string_view::npos;
}

std::vector<std::vector<std::string>> cells_in(const std::string& path, const std::string& text,
                                               const std::vector<std::string>& columns) {
  try {
    return io::csv_cells(text, columns);
  } catch (const Error& error) {
    throw error.in(path);
  }
}

}  // namespace

std::map<int32_t, EditedTrack> read_edited_tracks(const std::string& path) {
  std::map<int32_t, EditedTrack> tracks;
  int64_t line = 1;
  for (const auto& cells : cells_in(path, read_file(path), {"track", "parents"})) {
    ++line;
    if (is_blank(cells)) {
      continue;
    }
    const int32_t id = number_in(cells[0], {path, line, "track"});
    const auto [at, is_new] = tracks.try_emplace(id);
    if (!is_new) {
      throw Error(ErrorKind::kBadFile,
                  "{}: line {}: track {} has line {} already, expected one row a track", path, line,
                  id, at->second.line);
    }
    at->second = {.line = line, .parents = numbers_in(cells[1], {path, line, "parents"})};
  }
  return tracks;
}

std::map<size_t, EditedEvent> read_edited_events(const std::string& path) {
  std::map<size_t, EditedEvent> events;
  int64_t line = 1;
  for (const auto& cells : cells_in(path, read_file(path), {"event", "type"})) {
    ++line;
    if (is_blank(cells)) {
      continue;
    }
    const auto number = static_cast<size_t>(number_in(cells[0], {path, line, "event"}));
    const auto [at, is_new] = events.try_emplace(number, EditedEvent{line, cells[1]});
    if (!is_new) {
      throw Error(ErrorKind::kBadFile,
                  "{}: line {}: event {} has line {} already, expected one row an event", path,
                  line, number, at->second.line);
    }
  }
  return events;
}

EditedParticles::EditedParticles(const std::string& path, int64_t frames)
    : lines_(path, [&path, frames, number = int64_t{0}](std::string_view line) mutable {
        ++number;
        if (number == 1 || is_blank(line)) {
          return std::optional<int64_t>();
        }
        const std::optional<int64_t> frame = leading_number(line);
        if (!frame || *frame >= frames) {
          throw Error(ErrorKind::kBadFile,
                      "{}: line {}: begins with '{}', expected a frame of 0 to {}", path, number,
                      line.substr(0, std::min<size_t>(line.find(','), 20)), frames - 1);
        }
        return frame;
      }) {
  const std::string& header = lines_.first_line();
  if (io::csv_names(header).front() != "frame") {
    throw Error(ErrorKind::kBadFile, "{}: begins with '{}', expected the column frame", path,
                header.substr(0, 20));
  }
}

std::vector<EditedParticle> EditedParticles::next() {
  std::vector<EditedParticle> rows;
  std::set<int32_t> labels;
  const std::string text = lines_.first_line() + "\n" + lines_.lines_of(frame_++);
  for (const auto& cells : cells_in(path(), text, {"label", "tracks"})) {
    const int64_t line = line_++;
    if (is_blank(cells)) {
      continue;
    }
    const int32_t label = number_in(cells[0], {path(), line, "label"});
    if (!labels.insert(label).second) {
      throw Error(ErrorKind::kBadFile,
                  "{}: line {}: label {} has two rows in frame {}, expected one", path(), line,
                  label, frame_ - 1);
    }
    rows.push_back(
        {.line = line, .label = label, .tracks = numbers_in(cells[1], {path(), line, "tracks"})});
  }
  return rows;
}

}  // namespace mote::pipeline
