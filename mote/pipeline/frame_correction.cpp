#include "mote/pipeline/frame_correction.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "mote/core/error.h"
#include "mote/pipeline/corrected_neighbours.h"

namespace mote::pipeline {
namespace {

// An instance as corrections leave it.
struct Draft {
  std::vector<int32_t> tracks;
  Mask mask;
  const JournalInstance* origin = nullptr;  // of the run; none where it was drawn anew
  bool redrawn = false;                     // its mask is not that of `origin`
};

bool holds(const std::vector<int32_t>& tracks, int32_t track) {
  return std::binary_search(tracks.begin(), tracks.end(), track);
}

std::vector<int32_t> replaced(std::vector<int32_t> tracks, int32_t from, int32_t to) {
  std::replace(tracks.begin(), tracks.end(), from, to);
  std::sort(tracks.begin(), tracks.end());
  tracks.erase(std::unique(tracks.begin(), tracks.end()), tracks.end());
  return tracks;
}

class FrameCorrection {
 public:
  FrameCorrection(JournalFrame automatic, const EditedFiles& files)
      : automatic_(std::move(automatic)), files_(files) {}

  CorrectedFrame result(const LabelImage& labels, std::span<const EditedParticle> rows) {
    draw(labels);
    take_rows(rows);
    remove_tracks();
    CorrectedFrame out;
    out.doubled = settle_doubled();
    if (!is_changed()) {
      out.frame = std::move(automatic_);
      return out;
    }
    out.changed = true;
    trace(out);
    fill(out);
    return out;
  }

 private:
  int64_t frame() const { return automatic_.index; }

  void require_row(int32_t track, const std::string& where) const {
    if (!files_.rows.contains(track) && !files_.removed.contains(track)) {
      throw Error(ErrorKind::kBadFile, "{} names track {}, which has no row in {}: add one", where,
                  track, files_.tracks);
    }
  }

  // What the label image says.
  void draw(const LabelImage& labels) {
    LabelImage shown(automatic_.size);
    std::map<int32_t, const JournalInstance*> gone;
    for (const JournalInstance& instance : automatic_.instances) {
      paint(shown, instance.mask, instance.measures.label);
      gone[instance.measures.label] = &instance;
    }
    if (shown == labels) {
      for (const JournalInstance& instance : automatic_.instances) {
        drafts_.push_back({instance.tracks, instance.mask, &instance});
      }
      return;
    }
    std::map<int32_t, Mask> masks = masks_of(labels);
    take_as_they_were(masks, gone);
    for (const auto& [label, mask] : masks) {
      require_row(label, fmt::format("{}: frame {}", files_.labels, frame()));
    }
    take_renamed(masks, gone);
    for (auto& [label, mask] : masks) {
      const auto origin = gone.find(label);
      const bool drawn_anew = origin == gone.end();
      drafts_.push_back({drawn_anew ? std::vector{label} : origin->second->tracks, std::move(mask),
                         drawn_anew ? nullptr : origin->second, true});
    }
    for (const Draft& draft : drafts_) {
      if (draft.origin == nullptr) {
        leave_shared(draft.tracks.front());
      }
    }
  }

  void take_as_they_were(std::map<int32_t, Mask>& masks,
                         std::map<int32_t, const JournalInstance*>& gone) {
    std::erase_if(masks, [&](const auto& entry) {
      const auto origin = gone.find(entry.first);
      if (origin == gone.end() || origin->second->mask != entry.second) {
        return false;
      }
      drafts_.push_back({origin->second->tracks, entry.second, origin->second});
      gone.erase(origin);
      return true;
    });
  }

  void take_renamed(std::map<int32_t, Mask>& masks,
                    std::map<int32_t, const JournalInstance*>& gone) {
    std::erase_if(masks, [&](const auto& entry) {
      const auto origin = std::find_if(gone.begin(), gone.end(), [&](const auto& candidate) {
        return candidate.second->mask == entry.second;
      });
      if (origin == gone.end()) {
        return false;
      }
      drafts_.push_back({replaced(origin->second->tracks, origin->first, entry.first), entry.second,
                         origin->second});
      gone.erase(origin);
      return true;
    });
  }

  // A track that got a region of its own shares none any more.
  void leave_shared(int32_t track) {
    for (Draft& draft : drafts_) {
      if (draft.tracks.size() > 1 && draft.origin != nullptr) {
        std::erase(draft.tracks, track);
      }
    }
  }

  // What particles.csv says.
  void take_rows(std::span<const EditedParticle> rows) {
    std::map<int32_t, const EditedParticle*> row_of;
    for (const EditedParticle& row : rows) {
      row_of[row.label] = &row;
    }
    for (const JournalInstance& instance : automatic_.instances) {
      const auto row = row_of.find(instance.measures.label);
      if (row == row_of.end()) {
        remove_instance(instance);
      } else if (row->second->tracks != instance.tracks) {
        rename(instance, *row->second);
      }
      if (row != row_of.end()) {
        row_of.erase(row);
      }
    }
    if (!row_of.empty()) {
      const EditedParticle& row = *row_of.begin()->second;
      throw Error(ErrorKind::kBadFile,
                  "{}: line {}: frame {} of the run has no label {}; new instances are drawn into "
                  "{}",
                  files_.particles, row.line, frame(), row.label, files_.labels);
    }
  }

  Draft* draft_of(const JournalInstance& instance) {
    const auto found = std::find_if(drafts_.begin(), drafts_.end(),
                                    [&](const Draft& draft) { return draft.origin == &instance; });
    return found == drafts_.end() ? nullptr : &*found;
  }

  void remove_instance(const JournalInstance& instance) {
    const Draft* draft = draft_of(instance);
    if (draft != nullptr && (draft->redrawn || draft->tracks != instance.tracks)) {
      throw Error(ErrorKind::kBadFile,
                  "{}: has no row of label {} in frame {}, but {} changes that instance: expected "
                  "one of both",
                  files_.particles, instance.measures.label, frame(), files_.labels);
    }
    std::erase_if(drafts_, [&](const Draft& other) { return other.origin == &instance; });
  }

  void rename(const JournalInstance& instance, const EditedParticle& row) {
    const std::string where = fmt::format("{}: line {}", files_.particles, row.line);
    for (const int32_t track : row.tracks) {
      require_row(track, where);
    }
    Draft* draft = draft_of(instance);
    if (draft == nullptr) {
      throw Error(ErrorKind::kBadFile,
                  "{}: gives label {} other tracks, but {} does not have it in frame {}: expected "
                  "one of both",
                  where, row.label, files_.labels, frame());
    }
    if (draft->tracks != instance.tracks && draft->tracks != row.tracks) {
      throw Error(ErrorKind::kBadFile,
                  "{}: label {} is of tracks {}, in frame {} of {} of tracks {}: expected one of "
                  "both",
                  where, row.label, fmt::join(row.tracks, ";"), frame(), files_.labels,
                  fmt::join(draft->tracks, ";"));
    }
    draft->tracks = row.tracks;
  }

  // What tracks.csv says.
  void remove_tracks() {
    for (Draft& draft : drafts_) {
      std::erase_if(draft.tracks, [&](int32_t track) { return files_.removed.contains(track); });
    }
    order_drafts();
  }

  void order_drafts() {
    std::erase_if(drafts_, [](const Draft& draft) { return draft.tracks.empty(); });
    std::sort(drafts_.begin(), drafts_.end(),
              [](const Draft& a, const Draft& b) { return a.tracks.front() < b.tracks.front(); });
  }

  // Of several instances of one track, one keeps it: that which the run had for it, else the
  // largest. The others stay what the run had, where that is still free, else are left out.
  std::set<int32_t> settle_doubled() {
    std::map<int32_t, Draft*> keepers;
    std::set<int32_t> doubled;
    for (Draft& draft : drafts_) {
      for (const int32_t track : draft.tracks) {
        const auto [keeper, is_new] = keepers.try_emplace(track, &draft);
        if (!is_new) {
          doubled.insert(track);
          keeper->second =
              claim(draft, track) > claim(*keeper->second, track) ? &draft : keeper->second;
        }
      }
    }
    for (Draft& draft : drafts_) {
      const auto is_lost = [&](int32_t track) { return keepers.at(track) != &draft; };
      if (std::none_of(draft.tracks.begin(), draft.tracks.end(), is_lost)) {
        continue;
      }
      std::erase_if(draft.tracks, is_lost);
      if (draft.tracks.empty() && draft.origin != nullptr) {
        std::copy_if(draft.origin->tracks.begin(), draft.origin->tracks.end(),
                     std::back_inserter(draft.tracks), [&](int32_t track) {
                       return !files_.removed.contains(track) &&
                              keepers.try_emplace(track, &draft).second;
                     });
      }
    }
    order_drafts();
    return doubled;
  }

  // How strongly an instance is that of a track.
  static std::pair<bool, int64_t> claim(const Draft& draft, int32_t track) {
    const bool was = draft.origin != nullptr && holds(draft.origin->tracks, track);
    return {was, draft.mask.area_px()};
  }

  bool is_changed() const {
    return drafts_.size() != automatic_.instances.size() ||
           std::any_of(drafts_.begin(), drafts_.end(), [](const Draft& draft) {
             return draft.redrawn || draft.tracks != draft.origin->tracks;
           });
  }

  // What became of every track of the run.
  void trace(CorrectedFrame& out) {
    std::set<int32_t> here;
    for (const Draft& draft : drafts_) {
      here.insert(draft.tracks.begin(), draft.tracks.end());
      if (draft.redrawn) {
        out.redrawn.insert(draft.tracks.begin(), draft.tracks.end());
      }
    }
    for (const JournalInstance& instance : automatic_.instances) {
      const Draft* draft = draft_of(instance);
      if (draft == nullptr || draft->redrawn) {
        out.redrawn.insert(instance.tracks.begin(), instance.tracks.end());
      }
      for (const int32_t track : instance.tracks) {
        if (draft == nullptr || !holds(draft->tracks, track)) {
          const std::optional<int32_t> heir =
              draft == nullptr ? std::nullopt : heir_of(instance.tracks, draft->tracks);
          out.now[track] = heir ? *heir : here.contains(track) ? track : 0;
        }
      }
    }
  }

  // The track that took the place of the one that is gone, where it is one for one.
  static std::optional<int32_t> heir_of(const std::vector<int32_t>& before,
                                        const std::vector<int32_t>& after) {
    std::vector<int32_t> gone;
    std::vector<int32_t> come;
    std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                        std::back_inserter(gone));
    std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                        std::back_inserter(come));
    return gone.size() == 1 && come.size() == 1 ? std::optional(come.front()) : std::nullopt;
  }

  void fill(CorrectedFrame& out) {
    out.labels = LabelImage(automatic_.size);
    for (const Draft& draft : drafts_) {
      paint(out.labels, draft.mask, draft.tracks.front());
      JournalInstance instance;
      if (draft.origin != nullptr) {
        instance = *draft.origin;
      }
      const bool kept = draft.origin != nullptr && !draft.redrawn;
      if (!kept || draft.tracks != draft.origin->tracks) {
        instance.source = Source::kManual;
      }
      if (!kept) {
        out.unmeasured.insert(draft.tracks.front());
      }
      instance.tracks = draft.tracks;
      instance.mask = draft.mask;
      instance.measures.label = draft.tracks.front();
      out.frame.instances.push_back(std::move(instance));
    }
    std::vector<track::TrackedNeck> necks = renewed_neighbours(automatic_, out);
    std::vector<JournalInstance> instances = std::move(out.frame.instances);
    out.frame = std::move(automatic_);
    out.frame.instances = std::move(instances);
    out.frame.necks = std::move(necks);
  }

  JournalFrame automatic_;
  const EditedFiles& files_;
  std::vector<Draft> drafts_;
};

}  // namespace

CorrectedFrame corrected(JournalFrame automatic, const LabelImage& labels,
                         std::span<const EditedParticle> rows, const EditedFiles& files) {
  return FrameCorrection(std::move(automatic), files).result(labels, rows);
}

}  // namespace mote::pipeline
