#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "mote/pipeline/data_audit.h"

namespace mote::pipeline {

/// What an audit found, as a table for people.
std::string table_of(const Audit& audit);

/// A row a finding: docs/data-sets.md defines the columns.
std::string csv_of(const Audit& audit);

/// Images with their regions, findings, warnings.
nlohmann::ordered_json json_of(const Audit& audit);

/// Throws kUsage where one of the files that `write_audit` would write exists in `folder` and
/// `force` is not set.
void check_audit_output(const std::string& folder, bool force);

/// Writes audit.csv, audit.html and, last, audit.json. Throws kResource.
void write_audit(const Audit& audit, const AuditJob& job);

}  // namespace mote::pipeline
