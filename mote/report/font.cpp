#include "mote/report/font.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <string_view>
#include <utility>

#include "mote/report/assets.h"

namespace mote::report {
namespace {

constexpr unsigned kArgsAreWords = 1;
constexpr unsigned kHasScale = 8;
constexpr unsigned kMoreComponents = 0x20;
constexpr unsigned kHasTwoScales = 0x40;
constexpr unsigned kHasMatrix = 0x80;
constexpr unsigned kHasInstructions = 0x100;

unsigned u16(std::string_view bytes, size_t at) {
  return static_cast<unsigned char>(bytes.at(at)) << 8U |
         static_cast<unsigned char>(bytes.at(at + 1));
}
int i16(std::string_view bytes, size_t at) {
  return static_cast<int16_t>(u16(bytes, at));
}
uint32_t u32(std::string_view bytes, size_t at) {
  return u16(bytes, at) << 16U | u16(bytes, at + 2);
}
void put16(std::string& out, unsigned value) {
  out += static_cast<char>(value >> 8U & 0xFFU);
  out += static_cast<char>(value & 0xFFU);
}
void put32(std::string& out, uint32_t value) {
  put16(out, value >> 16U);
  put16(out, value & 0xFFFFU);
}
void set16(std::string& out, size_t at, unsigned value) {
  out[at] = static_cast<char>(value >> 8U & 0xFFU);
  out[at + 1] = static_cast<char>(value & 0xFFU);
}

// The face as it lies in libmote. Its bytes are our own build's, so that a broken table is a bug.
class Sfnt {
 public:
  explicit Sfnt(std::string_view bytes) : bytes_(bytes) {
    const unsigned tables = u16(bytes, 4);
    for (unsigned i = 0; i < tables; ++i) {
      const size_t at = 12 + 16 * i;
      tables_[std::string(bytes.substr(at, 4))] =
          bytes.substr(u32(bytes, at + 8), u32(bytes, at + 12));
    }
    find_cmap();
  }

  std::string_view table(const char* tag) const { return tables_.at(tag); }
  double units_per_em() const { return u16(table("head"), 18); }

  // OpenType, cmap, format 4.
  unsigned glyph(char32_t letter) const {
    const unsigned segments2 = u16(cmap_, 6);
    for (unsigned i = 0; i < segments2; i += 2) {
      const unsigned end = u16(cmap_, 14 + i);
      if (letter > end) {
        continue;
      }
      const unsigned start = u16(cmap_, 16 + segments2 + i);
      if (letter < start) {
        return 0;
      }
      const unsigned delta = u16(cmap_, 16 + 2 * segments2 + i);
      const size_t offset_at = 16 + 3 * segments2 + i;
      const unsigned offset = u16(cmap_, offset_at);
      if (offset == 0) {
        return (letter + delta) & 0xFFFFU;
      }
      const unsigned found = u16(cmap_, offset_at + offset + 2 * (letter - start));
      return found == 0 ? 0 : (found + delta) & 0xFFFFU;
    }
    return 0;
  }

  std::pair<unsigned, int> metrics(unsigned glyph) const {  // advance, left side bearing
    const unsigned long_metrics = u16(table("hhea"), 34);
    const std::string_view hmtx = table("hmtx");
    if (glyph < long_metrics) {
      return {u16(hmtx, 4 * glyph), i16(hmtx, 4 * glyph + 2)};
    }
    return {u16(hmtx, 4 * (long_metrics - 1)),
            i16(hmtx, 4 * long_metrics + 2 * (glyph - long_metrics))};
  }

  std::string_view outline(unsigned glyph) const {
    const bool words = u16(table("head"), 50) == 0;
    const auto offset = [&](unsigned i) {
      return words ? 2 * u16(table("loca"), 2 * i) : u32(table("loca"), 4 * i);
    };
    return table("glyf").substr(offset(glyph), offset(glyph + 1) - offset(glyph));
  }

 private:
  void find_cmap() {
    const std::string_view cmap = table("cmap");
    for (unsigned i = 0; i < u16(cmap, 2); ++i) {
      const std::string_view found = cmap.substr(u32(cmap, 4 + 8 * i + 4));
      if (u16(cmap, 4 + 8 * i) == 3 && u16(found, 0) == 4) {
        cmap_ = found;
      }
    }
    assert(!cmap_.empty());
  }

  std::string_view bytes_;
  std::map<std::string, std::string_view> tables_;
  std::string_view cmap_;
};

const Sfnt& face_file(Face face) {
  static const Sfnt regular(assets::liberation_sans());
  static const Sfnt italic(assets::liberation_sans_italic());
  return face == Face::kRegular ? regular : italic;
}

size_t component_bytes(unsigned flags) {
  size_t bytes = 4 + ((flags & kArgsAreWords) != 0 ? 4 : 2);
  bytes += (flags & kHasScale) != 0 ? 2 : 0;
  bytes += (flags & kHasTwoScales) != 0 ? 4 : 0;
  bytes += (flags & kHasMatrix) != 0 ? 8 : 0;
  return bytes;
}

// The glyphs of the subset: number 0, those of the letters, and what these are composed of.
struct Chosen {
  std::vector<unsigned> glyphs;          // by new number
  std::map<unsigned, unsigned> numbers;  // new by old

  unsigned add(unsigned glyph) {
    const auto [entry, fresh] = numbers.try_emplace(glyph, static_cast<unsigned>(glyphs.size()));
    if (fresh) {
      glyphs.push_back(glyph);
    }
    return entry->second;
  }
};

// The outline without hints, its components renumbered.
std::string plain_outline(std::string_view outline, Chosen& chosen) {
  if (outline.empty()) {
    return {};
  }
  const int contours = i16(outline, 0);
  std::string out(outline);
  if (contours >= 0) {
    const size_t at = 10 + 2 * static_cast<size_t>(contours);
    out.erase(at + 2, u16(outline, at));
    set16(out, at, 0);
  } else {
    size_t at = 10;
    unsigned flags = kMoreComponents;
    while ((flags & kMoreComponents) != 0) {
      flags = u16(outline, at);
      set16(out, at, flags & ~kHasInstructions);
      set16(out, at + 2, chosen.add(u16(outline, at + 2)));
      at += component_bytes(flags);
    }
    out.resize(at);
  }
  out.resize((out.size() + 3) / 4 * 4, '\0');
  return out;
}

std::string name_table() {
  constexpr std::string_view kName = "mote figure";
  constexpr unsigned kRecords[] = {1, 2, 3, 4, 6};
  std::string records;
  std::string texts;
  for (const unsigned id : kRecords) {
    std::string_view text = kName;
    if (id == 2) {
      text = "Regular";
    } else if (id == 6) {
      text = "mote-figure";
    }
    for (const unsigned value : {3U, 1U, 0x409U, id, static_cast<unsigned>(2 * text.size()),
                                 static_cast<unsigned>(texts.size())}) {
      put16(records, value);
    }
    for (const char letter : text) {
      put16(texts, static_cast<unsigned char>(letter));
    }
  }
  std::string table;
  put16(table, 0);
  put16(table, static_cast<unsigned>(std::size(kRecords)));
  put16(table, static_cast<unsigned>(6 + records.size()));
  return table + records + texts;
}

// Format 4 with a segment for every letter.
std::string cmap_table(const std::map<char32_t, uint16_t>& glyphs) {
  std::vector<std::pair<unsigned, unsigned>> entries;
  for (const auto& [letter, glyph] : glyphs) {
    if (glyph != 0) {
      entries.emplace_back(letter, glyph);
    }
  }
  entries.emplace_back(0xFFFF, 0);
  const auto count = static_cast<unsigned>(entries.size());
  unsigned power = 1;
  unsigned log = 0;
  for (; 2 * power <= count; power *= 2) {
    ++log;
  }
  std::string map;
  for (const unsigned value :
       {4U, 16 + 8 * count, 0U, 2 * count, 2 * power, log, 2 * (count - power)}) {
    put16(map, value);
  }
  for (const auto& [letter, glyph] : entries) {
    put16(map, letter);
  }
  put16(map, 0);
  for (const auto& [letter, glyph] : entries) {
    put16(map, letter);
  }
  for (const auto& [letter, glyph] : entries) {
    put16(map, (glyph - letter) & 0xFFFFU);
  }
  for (unsigned i = 0; i < count; ++i) {
    put16(map, 0);
  }
  std::string table;
  for (const unsigned value : {0U, 1U, 3U, 1U}) {
    put16(table, value);
  }
  put32(table, 12);
  return table + map;
}

uint32_t checksum(std::string_view bytes) {
  uint32_t sum = 0;
  for (size_t i = 0; i < bytes.size(); i += 4) {
    sum += u32(bytes, i);
  }
  return sum;
}

std::string assemble(const std::map<std::string, std::string>& tables) {
  unsigned power = 1;
  unsigned log = 0;
  for (; 2 * power <= tables.size(); power *= 2) {
    ++log;
  }
  const auto count = static_cast<unsigned>(tables.size());
  std::string out;
  put32(out, 0x00010000);
  for (const unsigned value : {count, 16 * power, log, 16 * (count - power)}) {
    put16(out, value);
  }
  std::string body;
  for (const auto& [tag, bytes] : tables) {
    const auto length = static_cast<uint32_t>(bytes.size());
    std::string table = bytes;
    table.resize((table.size() + 3) / 4 * 4, '\0');
    out += tag;
    put32(out, checksum(table));
    put32(out, static_cast<uint32_t>(12 + 16 * count + body.size()));
    put32(out, length);
    body += table;
  }
  return out + body;
}

// Where a table lies in a file that `assemble` made.
size_t offset_of(std::string_view file, std::string_view tag) {
  size_t at = 12;
  while (file.substr(at, 4) != tag) {
    at += 16;
  }
  return u32(file, at + 8);
}

// The file with checkSumAdjustment in its head, which is 0 so far and counts as 0 in the table's
// own checksum.
std::string with_adjustment(std::string file) {
  const uint32_t adjustment = 0xB1B0AFBAU - checksum(file);
  const size_t head = offset_of(file, "head");
  set16(file, head + 8, adjustment >> 16U);
  set16(file, head + 10, adjustment & 0xFFFFU);
  return file;
}

}  // namespace

FontSubset subset(Face face, const std::set<char32_t>& letters) {
  const Sfnt& file = face_file(face);
  FontSubset out;
  Chosen chosen;
  chosen.add(0);
  for (const char32_t letter : letters) {
    const unsigned glyph = letter < 0xFFFF ? file.glyph(letter) : 0;
    out.glyphs[letter] = static_cast<uint16_t>(chosen.add(glyph));
  }
  std::string glyf;
  std::string loca;
  std::string hmtx;
  const double per_mille = 1000 / file.units_per_em();
  for (size_t i = 0; i < chosen.glyphs.size(); ++i) {  // grows by components on the way
    put32(loca, static_cast<uint32_t>(glyf.size()));
    glyf += plain_outline(file.outline(chosen.glyphs[i]), chosen);
    const auto [width, bearing] = file.metrics(chosen.glyphs[i]);
    put16(hmtx, width);
    put16(hmtx, static_cast<unsigned>(bearing) & 0xFFFFU);
    out.widths.push_back(static_cast<int>(std::lround(width * per_mille)));
  }
  put32(loca, static_cast<uint32_t>(glyf.size()));

  std::map<std::string, std::string> tables;
  const auto count = static_cast<unsigned>(chosen.glyphs.size());
  std::string& head = tables["head"] = file.table("head");
  set16(head, 8, 0);
  set16(head, 10, 0);
  set16(head, 50, 1);  // loca of 32 bits
  set16(tables["hhea"] = file.table("hhea"), 34, count);
  set16(tables["maxp"] = file.table("maxp"), 4, count);
  tables["OS/2"] = file.table("OS/2");
  std::string post = std::string("\0\3\0\0", 4) + std::string(file.table("post").substr(4, 28));
  tables["post"] = post;
  tables["name"] = name_table();
  tables["cmap"] = cmap_table(out.glyphs);
  tables["glyf"] = glyf;
  tables["loca"] = loca;
  tables["hmtx"] = hmtx;
  const auto scaled = [per_mille](int units) {
    return static_cast<int>(std::lround(units * per_mille));
  };
  out.ascent = scaled(i16(tables["hhea"], 4));
  out.descent = scaled(i16(tables["hhea"], 6));
  out.x_min = scaled(i16(head, 36));
  out.y_min = scaled(i16(head, 38));
  out.x_max = scaled(i16(head, 40));
  out.y_max = scaled(i16(head, 42));
  out.truetype = with_adjustment(assemble(tables));
  return out;
}

double advance(Face face, char32_t letter) {
  const Sfnt& file = face_file(face);
  return file.metrics(letter < 0xFFFF ? file.glyph(letter) : 0).first / file.units_per_em();
}

bool has(Face face, char32_t letter) {
  return letter < 0xFFFF && face_file(face).glyph(letter) != 0;
}

}  // namespace mote::report
