#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "mote/core/learned_plugin.h"

namespace mote::pipeline {

/// What the figures of `mote bench` were taken on.
struct MachineFigures {
  std::string processor;
  int64_t processors = 0;  ///< that the process may use
  MatrixRate matrix_rate;
};

/// As /proc/cpuinfo calls it.
std::string processor_name();

/// How many processors the process may use.
int64_t processor_count();

/// Takes some seconds.
MachineFigures machine_figures();

/// The networks to time, `rounds` times each: those asked for, or all.
/// Throws kUsage on an unknown name, and where `rounds` is out of range.
std::vector<std::string> benched_networks(const std::vector<std::string>& asked, int64_t rounds);

/// `program`, or null, joins in (core/learned_plugin.h). Throws what `program` throws.
NetworkFigures bench_network(const std::string& network, int64_t rounds, OnnxRunner* program);

/// A table to read: its head, with the machine, and a line of each network with a row for each
/// form. The share is that of the machine's own rate of matrix products in the same numbers; the
/// last columns say how many times faster a form is than the plain one and than onnxruntime.
std::string bench_header(const MachineFigures& machine);
std::string bench_rows(const NetworkFigures& figures, const MachineFigures& machine);

/// The same for programs.
nlohmann::ordered_json bench_json(const NetworkFigures& figures, const MachineFigures& machine);

}  // namespace mote::pipeline
