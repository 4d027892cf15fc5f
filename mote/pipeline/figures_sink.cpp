#include <filesystem>

#include "mote/io/output_file.h"
#include "mote/measure/track.h"
#include "mote/pipeline/run_json.h"
#include "mote/pipeline/sinks.h"

namespace mote::pipeline {
namespace {

void write(const std::string& path, const std::string& bytes) {
  io::OutputFile file(path);
  file.write(bytes);
  file.sync_and_close();
}

class FiguresSink : public Sink {
 public:
  FiguresSink(const std::string& folder, const Job& job, const RunSummary& summary,
              MadeFigures& made)
      : folder_(folder + "/figures"),
        job_(job),
        made_(made),
        builder_(summary.lineage, measure::track_ends(summary.lineage), summary.frames) {}

  std::unique_ptr<Rendered> render(const FinalFrame& /*frame*/) const override { return nullptr; }

  void write(const FinalFrame& frame, std::unique_ptr<Rendered> /*rendered*/) override {
    builder_.add_frame(frame.row, frame.particles, frame.labels.size());
  }

  void finish() override {
    report::FigureSet set = builder_.figures(made_.tables);
    if (draws_figures(job_)) {
      write_all(set);
    }
    made_.figures = std::move(set.figures);
  }

 private:
  void write_all(const report::FigureSet& set) const {
    for (const report::MissingFigure& missing : set.missing) {
      made_.notes.push_back(fmt::format("no figure {}: {}", missing.name, missing.why));
    }
    if (!set.figures.empty()) {
      std::filesystem::create_directory(folder_);
    }
    for (report::Figure figure : set.figures) {
      figure.width = job_.figure_width;
      const std::string path = folder_ + "/" + figure.name;
      const report::Drawing drawing = report::draw(figure);
      pipeline::write(path + ".svg", report::svg(drawing));
      pipeline::write(path + ".pdf", report::pdf(drawing));
      pipeline::write(path + ".csv", report::csv(figure));
    }
  }

  std::string folder_;
  const Job& job_;
  MadeFigures& made_;
  report::FigureBuilder builder_;
};

}  // namespace

std::unique_ptr<Sink> make_figures_sink(const std::string& folder, const Job& job,
                                        const RunSummary& summary, MadeFigures& made) {
  return std::make_unique<FiguresSink>(folder, job, summary, made);
}

}  // namespace mote::pipeline
