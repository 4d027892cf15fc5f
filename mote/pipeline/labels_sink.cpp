#include <filesystem>

#include "mote/core/error.h"
#include "mote/io/tiff_writer.h"
#include "mote/pipeline/frame_names.h"
#include "mote/pipeline/sinks.h"

namespace mote::pipeline {
namespace {

class LabelStackSink : public Sink {
 public:
  LabelStackSink(const std::string& folder, const Recording& recording, const RunSummary& summary)
      : writer_(folder + "/labels.tif",
                {.pixel_size = recording.info().pixel_size,
                 .frame_interval = recording.info().frame_interval,
                 .frames = summary.frames,
                 .bytes_expected = summary.frames * summary.field.area() * 4}) {}

  std::unique_ptr<Rendered> render(const FinalFrame&) const override { return nullptr; }

  void write(const FinalFrame& frame, std::unique_ptr<Rendered>) override {
    writer_.write(frame.labels);
  }

  void finish() override { writer_.close(); }

 private:
  io::TiffWriter writer_;
};

class LabelFilesSink : public Sink {
 public:
  LabelFilesSink(const std::string& folder, const Recording& recording)
      : folder_(folder + "/labels"), recording_(recording), names_(recording) {
    std::filesystem::create_directories(folder_);
  }

  std::unique_ptr<Rendered> render(const FinalFrame&) const override { return nullptr; }

  void write(const FinalFrame& frame, std::unique_ptr<Rendered>) override {
    const std::string path = fmt::format("{}/{}.tif", folder_, names_(frame.source_index));
    io::TiffWriter writer(path, {.pixel_size = recording_.info().pixel_size, .frames = 1});
    writer.write(frame.labels);
    writer.close();
  }

  void finish() override {}

 private:
  std::string folder_;
  const Recording& recording_;
  FrameNames names_;
};

}  // namespace

std::unique_ptr<Sink> make_labels_sink(const std::string& folder, const Recording& recording,
                                       const RunSummary& summary) {
  if (summary.one_size) {
    return std::make_unique<LabelStackSink>(folder, recording, summary);
  }
  return std::make_unique<LabelFilesSink>(folder, recording);
}

}  // namespace mote::pipeline
