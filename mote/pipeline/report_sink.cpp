#include <string_view>
#include <utility>

#include "mote/io/output_file.h"
#include "mote/io/picture_file.h"
#include "mote/pipeline/sinks.h"

namespace mote::pipeline {
namespace {

constexpr int kJpegQuality = 75;

struct Jpeg : Sink::Rendered {
  Size size;
  std::vector<uint8_t> bytes;
};

class ReportSink : public Sink {
 public:
  ReportSink(const std::string& folder, const OverlayPainter& painter, const RunSummary& summary,
             std::function<report::ReportInfo()> describe)
      : folder_(folder),
        painter_(painter),
        describe_(std::move(describe)),
        builder_(summary.lineage, summary.frames) {
    for (const measure::DriftTableRow& row : summary.drift) {
      builder_.add_drift(row);
    }
  }

  std::unique_ptr<Rendered> render(const FinalFrame& frame) const override {
    if (!builder_.wants_overlay(frame.info.frame)) {
      return nullptr;
    }
    constexpr int64_t kSidePx = report::ReportBuilder::kOverlaySidePx;
    const auto picture = painter_.paint(frame, {.height = kSidePx, .width = kSidePx});
    auto jpeg = std::make_unique<Jpeg>();
    jpeg->size = picture->size();
    jpeg->bytes = io::encode_jpeg(*picture, kJpegQuality);
    return jpeg;
  }

  void write(const FinalFrame& frame, std::unique_ptr<Rendered> rendered) override {
    builder_.add_frame(frame.row, frame.particles);
    if (rendered) {
      auto& jpeg = static_cast<Jpeg&>(*rendered);
      builder_.add_overlay(frame.info, jpeg.size, std::move(jpeg.bytes));
    }
  }

  void finish() override {
    io::OutputFile file(folder_ + "/report.html");
    builder_.write_html(describe_(), [&file](std::string_view piece) { file.write(piece); });
    file.sync_and_close();
  }

 private:
  std::string folder_;
  const OverlayPainter& painter_;
  std::function<report::ReportInfo()> describe_;
  report::ReportBuilder builder_;
};

}  // namespace

std::unique_ptr<Sink> make_report_sink(const std::string& folder, const OverlayPainter& painter,
                                       const RunSummary& summary,
                                       std::function<report::ReportInfo()> describe) {
  return std::make_unique<ReportSink>(folder, painter, summary, std::move(describe));
}

}  // namespace mote::pipeline
