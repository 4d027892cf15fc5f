#include "mote/pipeline/journal_end.h"

#include <nlohmann/json.hpp>

#include "mote/core/bytes.h"
#include "mote/core/error.h"
#include "mote/pipeline/journal.h"
#include "mote/pipeline/json_text.h"

namespace mote::pipeline {

std::string encode(const JournalEnd& end) {
  ByteWriter out;
  out.put<uint64_t>(end.drift.size());
  for (const track::DriftRow& row : end.drift) {
    out.put(row.index);
    for (const double value : {row.shift.y_px, row.shift.x_px, row.peak_ratio, row.residual_px}) {
      out.put(value);
    }
    for (const bool flag : {row.ok, row.jump, row.blurred}) {
      out.put(flag);
    }
  }
  out.put(end.measured);
  for (const auto* warnings : {&end.warnings, &end.correction_warnings}) {
    out.put<uint64_t>(warnings->size());
    for (const std::string& warning : *warnings) {
      out.put(warning);
    }
  }
  out.put(end.tracks_removed);
  return out.take();
}

JournalEnd decode_end(const std::string& bytes) {
  ByteReader in(bytes);
  JournalEnd end;
  end.drift.resize(in.get_count(43));
  for (track::DriftRow& row : end.drift) {
    row.index = in.get<int64_t>();
    for (double* value : {&row.shift.y_px, &row.shift.x_px, &row.peak_ratio, &row.residual_px}) {
      *value = in.get<double>();
    }
    for (bool* flag : {&row.ok, &row.jump, &row.blurred}) {
      *flag = in.get<bool>();
    }
  }
  end.measured = in.get<bool>();
  for (auto* warnings : {&end.warnings, &end.correction_warnings}) {
    const uint64_t count = in.get_count(8);
    for (uint64_t i = 0; i < count; ++i) {
      warnings->push_back(in.get<std::string>());
    }
  }
  end.tracks_removed = in.get<int64_t>();
  return end;
}

JournalSummary summarise(const std::string& path) {
  JournalReader reader(path);
  JournalSummary summary;
  std::optional<JournalRecord> record = reader.next();
  if (!record || record->type != RecordType::kHeader) {
    return summary;
  }
  summary.header = std::move(record->payload);
  while ((record = reader.next())) {
    summary.complete = summary.complete || record->type == RecordType::kEnd;
  }
  summary.bytes = reader.bytes();
  return summary;
}

namespace {

std::string changed_weights(const std::string& network, const nlohmann::ordered_json& then,
                            const nlohmann::ordered_json& now) {
  const auto file_of = [](const nlohmann::ordered_json& weights) {
    return weights.is_object() ? weights.value("file", "") : std::string("other weights");
  };
  return file_of(then) == file_of(now)
             ? fmt::format("{}, the weights of {}, is not what it was when the run began",
                           file_of(now), network)
             : fmt::format("the weights of {} were {}, are {}", network, file_of(then),
                           file_of(now));
}

}  // namespace

void require_same_run(const nlohmann::ordered_json& then, const nlohmann::ordered_json& now) {
  for (const auto& [part, values] : now.items()) {
    const auto& before = then.contains(part) ? then.at(part) : nlohmann::ordered_json();
    if (!values.is_object()) {
      if (before != values) {
        throw Error(ErrorKind::kUsage, "cannot resume: {} was {}, is {}", part, json_text(before),
                    json_text(values));
      }
      continue;
    }
    for (const auto& [key, value] : values.items()) {
      if (key.starts_with("overlay") || key.starts_with("figure") || key == "report" ||
          key == "seed") {
        continue;
      }
      const auto& old = before.contains(key) ? before.at(key) : nlohmann::ordered_json();
      if (old != value && part == "weights") {
        throw Error(ErrorKind::kUsage, "cannot resume: {}", changed_weights(key, old, value));
      }
      if (old != value) {
        throw Error(ErrorKind::kUsage, "cannot resume: {} '{}' was {}, is {}",
                    part == "options" ? "option" : part, key, json_text(old), json_text(value));
      }
    }
  }
}

}  // namespace mote::pipeline
