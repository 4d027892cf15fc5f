#include <algorithm>
#include <cstdint>
#include <set>

#include <nlohmann/json.hpp>

#include "mote/core/error.h"
#include "mote/core/require.h"
#include "mote/pipeline/json_text.h"
#include "mote/pipeline/simulation_options.h"
#include "mote/pipeline/toml_file.h"
#include "mote/simulate/simulation_presets.h"

namespace mote::pipeline {
namespace {

using Json = nlohmann::ordered_json;
using simulate::SimulationOptions;

class ToJson : public SimulationVisitor {
 public:
  Json object = Json::object();

  void number(const std::string& key, double& value, const std::string&) override {
    object[key] = value;
  }
  void count(const std::string& key, int64_t& value, const std::string&) override {
    object[key] = value;
  }
  void flag(const std::string& key, bool& value, const std::string&) override {
    object[key] = value;
  }
  void text(const std::string& key, std::string& value, const std::string&) override {
    object[key] = value;
  }
  void choice(const std::string& key, const Choice& choice, const std::string&) override {
    object[key] = choice.get();
  }
  void table(const std::string& key, const std::string&,
             const std::function<void()>& members) override {
    object[key] = inner(members);
  }
  void list(const std::string& key, const std::string&, size_t size,
            const std::function<void(size_t)>&,
            const std::function<void(size_t)>& members) override {
    Json tables = Json::array();
    for (size_t i = 0; i < size; ++i) {
      tables.push_back(inner([&] { members(i); }));
    }
    object[key] = std::move(tables);
  }

 private:
  Json inner(const std::function<void()>& members) {
    Json outer = std::move(object);
    object = Json::object();
    members();
    Json made = std::move(object);
    object = std::move(outer);
    return made;
  }
};

class FromJson : public SimulationVisitor {
 public:
  explicit FromJson(const Json& object) { scopes_.push_back({&object, "", {}}); }

  void number(const std::string& key, double& value, const std::string&) override {
    if (const Json* found = find(key)) {
      expect(found->is_number(), key, "a number", *found);
      value = found->get<double>();
    }
  }
  void count(const std::string& key, int64_t& value, const std::string&) override {
    if (const Json* found = find(key)) {
      expect(found->is_number_integer(), key, "a whole number", *found);
      value = found->get<int64_t>();
    }
  }
  void flag(const std::string& key, bool& value, const std::string&) override {
    if (const Json* found = find(key)) {
      expect(found->is_boolean(), key, "true or false", *found);
      value = found->get<bool>();
    }
  }
  void text(const std::string& key, std::string& value, const std::string&) override {
    if (const Json* found = find(key)) {
      expect(found->is_string(), key, "a text in quotes", *found);
      value = found->get<std::string>();
    }
  }
  void choice(const std::string& key, const Choice& choice, const std::string&) override {
    if (const Json* found = find(key)) {
      const bool known =
          found->is_string() && std::find(choice.names.begin(), choice.names.end(),
                                          found->get<std::string>()) != choice.names.end();
      expect(known, key, fmt::format("one of {}", fmt::join(choice.names, ", ")), *found);
      choice.set(found->get<std::string>());
    }
  }
  void table(const std::string& key, const std::string&,
             const std::function<void()>& members) override {
    if (const Json* found = find(key)) {
      expect(found->is_object(), key, fmt::format("a table, [{}]", key), *found);
      within(*found, key, members);
    }
  }
  void list(const std::string& key, const std::string&, size_t,
            const std::function<void(size_t)>& resize,
            const std::function<void(size_t)>& members) override {
    const Json* found = find(key);
    if (found == nullptr) {
      return;
    }
    const bool right =
        found->is_array() &&
        std::all_of(found->begin(), found->end(), [](const Json& one) { return one.is_object(); });
    expect(right, key, fmt::format("a list of tables, [[{}]]", key), *found);
    resize(found->size());
    for (size_t i = 0; i < found->size(); ++i) {
      within((*found)[i], key, [&] { members(i); });
    }
  }

  void refuse_unknown() const {
    const Scope& scope = scopes_.back();
    for (const auto& [key, unused] : scope.object->items()) {
      if (!scope.met.contains(key)) {
        throw Error(ErrorKind::kUsage, "option '{}{}' is not known to a simulation", scope.prefix,
                    key);
      }
    }
  }

 private:
  struct Scope {
    const Json* object = nullptr;
    std::string prefix;
    std::set<std::string> met;
  };

  const Json* find(const std::string& key) {
    scopes_.back().met.insert(key);
    const auto found = scopes_.back().object->find(key);
    return found == scopes_.back().object->end() ? nullptr : &*found;
  }

  void within(const Json& object, const std::string& key, const std::function<void()>& members) {
    scopes_.push_back({&object, scopes_.back().prefix + key + ".", {}});
    members();
    refuse_unknown();
    scopes_.pop_back();
  }

  void expect(bool right, const std::string& key, const std::string& wanted,
              const Json& found) const {
    if (!right) {
      throw Error(ErrorKind::kUsage, "option '{}{}' is {}: expected {}", scopes_.back().prefix, key,
                  json_text(found), wanted);
    }
  }

  std::vector<Scope> scopes_;
};

/// Tables come after the values of the table that they are in, as TOML wants it.
class ToToml : public SimulationVisitor {
 public:
  std::string text_so_far;

  void number(const std::string& key, double& value, const std::string& help) override {
    add(key, json_text(Json(value)), help);
  }
  void count(const std::string& key, int64_t& value, const std::string& help) override {
    add(key, json_text(Json(value)), help);
  }
  void flag(const std::string& key, bool& value, const std::string& help) override {
    add(key, json_text(Json(value)), help);
  }
  void text(const std::string& key, std::string& value, const std::string& help) override {
    add(key, json_text(Json(value)), help);
  }
  void choice(const std::string& key, const Choice& choice, const std::string& help) override {
    add(key, json_text(Json(choice.get())), help);
  }
  void table(const std::string& key, const std::string& help,
             const std::function<void()>& members) override {
    open("[{}]", key, help, members);
  }
  void list(const std::string& key, const std::string& help, size_t size,
            const std::function<void(size_t)>&,
            const std::function<void(size_t)>& members) override {
    if (size == 0) {
      add(key, "[]", help);
    }
    for (size_t i = 0; i < size; ++i) {
      open("[[{}]]", key, help, [&] { members(i); });
    }
  }

 private:
  void add(const std::string& key, const std::string& value, const std::string& help) {
    const std::string line = key + " = " + value;
    text_so_far += help.empty() ? line + "\n" : fmt::format("{:<38} # {}\n", line, help);
  }

  void open(const char* brackets, const std::string& key, const std::string& help,
            const std::function<void()>& members) {
    const std::string outer = prefix_;
    const std::string line = fmt::format(fmt::runtime(brackets), prefix_ + key);
    text_so_far += help.empty() ? "\n" + line + "\n" : fmt::format("\n{}  # {}\n", line, help);
    prefix_ += key + ".";
    members();
    prefix_ = outer;
  }

  std::string prefix_;
};

void refuse_preset(const std::string& name) {
  throw Error(ErrorKind::kUsage, "preset is '{}', expected one of {}", name,
              fmt::join(simulation_preset_names(), ", "));
}

SimulationOptions base_of(const std::string& preset) {
  if (preset.empty()) {
    return simulate::default_simulation();
  }
  std::optional<SimulationOptions> options = simulate::simulation_preset(preset);
  if (!options) {
    refuse_preset(preset);
  }
  return *options;
}

/// What the file says over its preset, or over `preset` where that is not empty.
RequestedSimulation of_file(Json object, const std::string& preset) {
  RequestedSimulation made{.preset = preset, .options = {}};
  if (const auto own = object.find("preset"); own != object.end()) {
    if (!own->is_string()) {
      refuse_preset(json_text(*own));
    }
    made.preset = preset.empty() ? own->get<std::string>() : preset;
    object.erase("preset");
  }
  made.options = base_of(made.preset);
  const auto number = [&](const char* key) -> std::optional<double> {
    const auto found = object.find(key);
    return found != object.end() && found->is_number() ? std::optional(found->get<double>())
                                                       : std::nullopt;
  };
  const simulate::WorldOptions& world = made.options.world;
  const auto side = [&](const char* key, int64_t own) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<int64_t>() : own;
  };
  set_field(made.options, {side("height", world.height_px), side("width", world.width_px)});
  if (const auto pixel = number("pixel-size-nm")) {
    set_pixel_size(made.options, *pixel);
  }
  if (const auto interval = number("frame-interval-s")) {
    set_frame_interval(made.options, *interval);
  }
  if (const auto exposure = number("exposure-s")) {
    set_exposure(made.options, *exposure);
  }
  if (const auto dose = number("dose-e-per-a2-s")) {
    set_dose(made.options, *dose);
  }
  FromJson visitor(object);
  visit_simulation(visitor, made.options);
  visitor.refuse_unknown();
  check(made.options);
  return made;
}

void apply(const SimulationRequest& request, SimulationOptions& options) {
  simulate::WorldOptions& world = options.world;
  if (request.seed) {
    require_seed(*request.seed);
    world.seed = static_cast<uint64_t>(*request.seed);
  }
  world.frames = request.frames.value_or(world.frames);
  set_field(options, {request.height_px.value_or(world.height_px),
                      request.width_px.value_or(world.width_px)});
  if (request.pixel_size_nm) {
    set_pixel_size(options, *request.pixel_size_nm);
  }
  if (request.frame_interval_s) {
    set_frame_interval(options, *request.frame_interval_s);
  }
  if (request.dose_e_per_a2_s) {
    set_dose(options, *request.dose_e_per_a2_s);
  }
}

}  // namespace

RequestedSimulation requested_simulation(const SimulationRequest& request) {
  RequestedSimulation made{.preset = request.preset, .options = {}};
  if (request.config.empty()) {
    made.options = base_of(request.preset);
  } else {
    Json object = read_toml(request.config);
    try {
      made = of_file(std::move(object), request.preset);
    } catch (const Error& error) {
      throw error.in(request.config);
    }
  }
  apply(request, made.options);
  check(made.options);
  return made;
}

Json simulation_to_json(const SimulationOptions& options) {
  SimulationOptions copy = options;
  ToJson visitor;
  visit_simulation(visitor, copy);
  return visitor.object;
}

std::string simulation_to_toml(const SimulationOptions& options) {
  SimulationOptions copy = options;
  ToToml visitor;
  visit_simulation(visitor, copy);
  return visitor.text_so_far;
}

}  // namespace mote::pipeline
