#include "mote/pipeline/journal.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mote/core/bytes.h"
#include "mote/core/error.h"
#include "mote/core/hash.h"
#include "mote/pipeline/file.h"

namespace mote::pipeline {
namespace {

struct RecordHead {
  uint32_t magic = kMagic;
  uint32_t type = 0;
  uint64_t length = 0;
  uint64_t hash = 0;

  static constexpr uint32_t kMagic = 0x33746f6d;  // "mot3": the last byte counts versions
};

RecordHead head_of(RecordType type, const std::string& payload) {
  RecordHead head;
  head.type = static_cast<uint32_t>(type);
  head.length = payload.size();
  head.hash = hash64(payload);
  return head;
}

void put(ByteWriter& out, const std::map<std::string, double>& values) {
  out.put<uint64_t>(values.size());
  for (const auto& [key, value] : values) {
    out.put(key);
    out.put(value);
  }
}

std::map<std::string, double> get_values(ByteReader& in) {
  std::map<std::string, double> values;
  const uint64_t count = in.get_count(16);
  for (uint64_t i = 0; i < count; ++i) {
    std::string key = in.get<std::string>();
    values[std::move(key)] = in.get<double>();
  }
  return values;
}

void put(ByteWriter& out, const std::optional<double>& value) {
  out.put(value.has_value());
  out.put(value.value_or(0));
}

std::optional<double> get_optional(ByteReader& in) {
  const bool known = in.get<bool>();
  const auto value = in.get<double>();
  return known ? std::optional(value) : std::nullopt;
}

void put(ByteWriter& out, const measure::InstanceMeasures& m) {
  out.put(m.label);
  for (const double value : {m.area_px2, m.centroid.y_px, m.centroid.x_px, m.perimeter_px,
                             m.min_feret_px, m.max_feret_px, m.major_axis_px, m.minor_axis_px,
                             m.orientation_deg, m.solidity, m.mean_intensity, m.sd_intensity}) {
    out.put(value);
  }
  put(out, m.background);
  for (const int64_t value : {m.box.y, m.box.x, m.box.height, m.box.width}) {
    out.put(value);
  }
  out.put(m.touches_border);
  out.put(m.touching);
  put(out, m.ecd_uncertainty.noise_px);
  put(out, m.ecd_uncertainty.convention_px);
  out.put(m.ecd_uncertainty.pixel_px);
  out.put(m.edge.first);
  out.put(m.edge.bright);
  out.put(static_cast<int64_t>(m.edge.levels.size()));
  for (const float level : m.edge.levels) {
    out.put(level);
  }
}

measure::InstanceMeasures get_measures(ByteReader& in) {
  measure::InstanceMeasures m;
  m.label = in.get<int32_t>();
  for (double* value : {&m.area_px2, &m.centroid.y_px, &m.centroid.x_px, &m.perimeter_px,
                        &m.min_feret_px, &m.max_feret_px, &m.major_axis_px, &m.minor_axis_px,
                        &m.orientation_deg, &m.solidity, &m.mean_intensity, &m.sd_intensity}) {
    *value = in.get<double>();
  }
  m.background = get_optional(in);
  for (int64_t* value : {&m.box.y, &m.box.x, &m.box.height, &m.box.width}) {
    *value = in.get<int64_t>();
  }
  m.touches_border = in.get<bool>();
  m.touching = in.get<bool>();
  m.ecd_uncertainty.noise_px = get_optional(in);
  m.ecd_uncertainty.convention_px = get_optional(in);
  m.ecd_uncertainty.pixel_px = in.get<double>();
  m.edge.first = in.get<int64_t>();
  m.edge.bright = in.get<bool>();
  const auto places = in.get<int64_t>();
  if (m.edge.first < 0 || places < 0 || m.edge.first + places > measure::EdgeProfile::kPlaces) {
    throw Error(ErrorKind::kBadFile, "journal: an edge profile of {} places", places);
  }
  for (int64_t i = 0; i < places; ++i) {
    m.edge.levels.push_back(in.get<float>());
  }
  return m;
}

void put(ByteWriter& out, const track::TrackedNeck& neck) {
  out.put(neck.a);
  out.put(neck.b);
  put(out, neck.ratio);
  put(out, neck.width_px);
  for (const double value : {neck.apart.y_px, neck.apart.x_px, neck.excess.seen,
                             neck.excess.expected, neck.excess.variance}) {
    out.put(value);
  }
}

track::TrackedNeck get_neck(ByteReader& in) {
  track::TrackedNeck neck;
  neck.a = in.get<int32_t>();
  neck.b = in.get<int32_t>();
  neck.ratio = get_optional(in);
  neck.width_px = get_optional(in);
  for (double* value : {&neck.apart.y_px, &neck.apart.x_px, &neck.excess.seen,
                        &neck.excess.expected, &neck.excess.variance}) {
    *value = in.get<double>();
  }
  return neck;
}

bool read_all(int file, char* bytes, size_t count) {
  while (count > 0) {
    const ssize_t got = ::read(file, bytes, count);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      return false;
    }
    bytes += got;
    count -= static_cast<size_t>(got);
  }
  return true;
}

}  // namespace

std::string encode(const JournalFrame& frame) {
  ByteWriter out;
  out.put(frame.index);
  out.put(frame.source_index);
  put(out, frame.time_s);
  out.put(frame.size.height);
  out.put(frame.size.width);
  out.put(frame.excluded_px);
  put(out, frame.values);
  out.put<uint64_t>(frame.warnings.size());
  for (const std::string& warning : frame.warnings) {
    out.put(warning);
  }
  out.put<uint64_t>(frame.instances.size());
  for (const JournalInstance& instance : frame.instances) {
    out.put(instance.cluster);
    out.put(instance.tracks);
    out.put(instance.source);
    put(out, instance.measures);
    out.put(instance.mask.runs);
  }
  out.put<uint64_t>(frame.necks.size());
  for (const track::TrackedNeck& neck : frame.necks) {
    put(out, neck);
  }
  return out.take();
}

JournalFrame decode_frame(const std::string& bytes) {
  ByteReader in(bytes);
  JournalFrame frame;
  frame.index = in.get<int64_t>();
  frame.source_index = in.get<int64_t>();
  frame.time_s = get_optional(in);
  frame.size.height = in.get<int64_t>();
  frame.size.width = in.get<int64_t>();
  frame.excluded_px = in.get<int64_t>();
  frame.values = get_values(in);
  const uint64_t warnings = in.get_count(8);
  for (uint64_t i = 0; i < warnings; ++i) {
    frame.warnings.push_back(in.get<std::string>());
  }
  const uint64_t instances = in.get_count(100);
  frame.instances.resize(instances);
  for (JournalInstance& instance : frame.instances) {
    instance.cluster = in.get<int32_t>();
    instance.tracks = in.get<std::vector<int32_t>>();
    instance.source = in.get<Source>();
    instance.measures = get_measures(in);
    in.get(instance.mask.runs);
  }
  const uint64_t necks = in.get_count(66);
  for (uint64_t i = 0; i < necks; ++i) {
    frame.necks.push_back(get_neck(in));
  }
  return frame;
}

std::string encode_changes(const track::TrackerOutput& output) {
  ByteWriter out;
  out.put<uint64_t>(output.tracks.size());
  for (const Track& track : output.tracks) {
    out.put(track.id);
    out.put(track.first_frame);
    out.put(track.last_frame);
    out.put(track.parents);
    out.put(track.source);
  }
  out.put<uint64_t>(output.events.size());
  for (const Event& event : output.events) {
    out.put(event.type);
    out.put(event.frame_before);
    out.put(event.frame);
    out.put(event.tracks);
    out.put(event.children);
    out.put(event.position.y_px);
    out.put(event.position.x_px);
    out.put(event.confidence);
    put(out, event.evidence);
    out.put(event.source);
  }
  out.put<uint64_t>(output.reassignments.size());
  for (const track::Reassignment& change : output.reassignments) {
    out.put(change.first_frame);
    out.put(change.last_frame);
    out.put(change.from);
    out.put(change.to);
  }
  return out.take();
}

track::TrackerOutput decode_changes(const std::string& bytes) {
  ByteReader in(bytes);
  track::TrackerOutput output;
  output.tracks.resize(in.get_count(29));
  for (Track& track : output.tracks) {
    track.id = in.get<int32_t>();
    track.first_frame = in.get<int64_t>();
    track.last_frame = in.get<int64_t>();
    track.parents = in.get<std::vector<int32_t>>();
    track.source = in.get<Source>();
  }
  output.events.resize(in.get_count(51));
  for (Event& event : output.events) {
    event.type = in.get<EventType>();
    event.frame_before = in.get<int64_t>();
    event.frame = in.get<int64_t>();
    event.tracks = in.get<std::vector<int32_t>>();
    event.children = in.get<std::vector<int32_t>>();
    event.position.y_px = in.get<double>();
    event.position.x_px = in.get<double>();
    event.confidence = in.get<double>();
    event.evidence = get_values(in);
    event.source = in.get<Source>();
  }
  output.reassignments.resize(in.get_count(32));
  for (track::Reassignment& change : output.reassignments) {
    change.first_frame = in.get<int64_t>();
    change.last_frame = in.get<int64_t>();
    change.from = in.get<std::vector<int32_t>>();
    change.to = in.get<std::vector<int32_t>>();
  }
  return output;
}

int64_t begin_journal(const std::string& path, const std::string& header) {
  const RecordHead head = head_of(RecordType::kHeader, header);
  const std::string record =
      std::string(reinterpret_cast<const char*>(&head), sizeof head) + header;
  write_file(path, record);
  return static_cast<int64_t>(record.size());
}

JournalWriter::JournalWriter(const std::string& path, int64_t keep_bytes)
    : file_(path, keep_bytes), bytes_(keep_bytes) {}

void JournalWriter::append(RecordType type, const std::string& payload) {
  const RecordHead head = head_of(type, payload);
  constexpr auto kHeadBytes = static_cast<int64_t>(sizeof head);
  const auto payload_bytes = static_cast<int64_t>(payload.size());
  // At once, or a run that is killed would lose what a buffer still held.
  file_.write_at(bytes_, &head, kHeadBytes);
  file_.write_at(bytes_ + kHeadBytes, payload.data(), payload_bytes);
  bytes_ += kHeadBytes + payload_bytes;
}

JournalReader::JournalReader(const std::string& path) {
  file_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file_ < 0) {
    throw Error(ErrorKind::kNotFound, "{}: cannot be opened: {}", path, std::strerror(errno));
  }
  struct stat status {};
  ::fstat(file_, &status);
  file_bytes_ = status.st_size;
}

JournalReader::~JournalReader() {
  ::close(file_);
}

std::optional<JournalRecord> JournalReader::next() {
  RecordHead head;
  if (!read_all(file_, reinterpret_cast<char*>(&head), sizeof head) ||
      head.magic != RecordHead::kMagic) {
    return std::nullopt;
  }
  const int64_t left = file_bytes_ - bytes_ - static_cast<int64_t>(sizeof head);
  if (left < 0 || head.length > static_cast<uint64_t>(left)) {
    return std::nullopt;
  }
  JournalRecord record{.type = static_cast<RecordType>(head.type), .payload = {}};
  record.payload.resize(head.length);
  if (!read_all(file_, record.payload.data(), head.length) || hash64(record.payload) != head.hash) {
    return std::nullopt;
  }
  bytes_ += static_cast<int64_t>(sizeof head + head.length);
  return record;
}

}  // namespace mote::pipeline
