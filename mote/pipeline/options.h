#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "mote/pipeline/choice.h"
#include "mote/pipeline/jobs.h"

namespace mote::pipeline {

/// Meets every option of a job, by the one name that command line, TOML files, run.json and docs
/// share. The members hold the defaults.
class OptionVisitor {
 public:
  virtual ~OptionVisitor() = default;

  virtual void group(const std::string& title) = 0;
  virtual void number(const std::string& name, double& value, const std::string& help) = 0;
  virtual void number(const std::string& name, std::optional<double>& value,
                      const std::string& help) = 0;
  virtual void count(const std::string& name, int64_t& value, const std::string& help) = 0;
  virtual void count(const std::string& name, std::optional<int64_t>& value,
                     const std::string& help) = 0;
  virtual void flag(const std::string& name, bool& value, const std::string& help) = 0;
  virtual void text(const std::string& name, std::string& value, const std::string& help) = 0;
  virtual void texts(const std::string& name, std::vector<std::string>& values,
                     const std::string& help) = 0;
  virtual void choice(const std::string& name, const Choice& choice, const std::string& help) = 0;
};

/// The options of each job that decide what comes out; where it goes (output, force, resume) and
/// how fast (threads) are not among them.
void visit_options(OptionVisitor& visitor, Job& job);

/// Those of them that choose the recording and find particles in a frame: what a preview needs.
void visit_segment_options(OptionVisitor& visitor, Job& job);

/// Those that choose the recording alone.
void visit_recording_options(OptionVisitor& visitor, RecordingOptions& options);

/// Those of them that choose frames and field, and the calibration.
void visit_selection_options(OptionVisitor& visitor, RecordingOptions& options);

/// Every option of `job` with its effective value, in the order of `visit_options`.
nlohmann::ordered_json options_to_json(const Job& job);

/// Sets options of `job` from an object of names and values.
/// Throws kUsage, naming the key, where one is unknown, belongs to another command, or has a value
/// of the wrong type.
void options_from_json(const nlohmann::ordered_json& object, Job& job);

/// Reads the options of a TOML file, or those of a run.json (`--from`).
/// Throws kNotFound, kBadFile.
nlohmann::ordered_json read_options_toml(const std::string& path);
nlohmann::ordered_json read_options_of_run(const std::string& path);

}  // namespace mote::pipeline
