// The words of the language, made from the .def registries; checker, evaluator, reference and completion read them
// here.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "compiler/table/types.h"

namespace sprx {

enum class Field : std::uint8_t {
#define SPRX_FIELD(id, name, type, phase, key, presence, origin, doc) id,
#include "compiler/table/fields.def"
#undef SPRX_FIELD
};

enum class Function : std::uint8_t {
#define SPRX_FUNCTION(id, name, parameters, result, presence, doc) id,
#include "compiler/table/functions.def"
#undef SPRX_FUNCTION
};

enum class ActionWord : std::uint8_t {
#define SPRX_ACTION(id, name, kind, phases, doc) id,
#include "compiler/table/actions.def"
#undef SPRX_ACTION
};

enum class Setting : std::uint8_t {
#define SPRX_SETTING(id, section, name, kind, fallback, least, most, doc) id,
#include "compiler/table/settings.def"
#undef SPRX_SETTING
};

/// What the registry says of a field.
struct FieldInfo {
  enum class Key : std::uint8_t { plain, keyed };
  enum class Presence : std::uint8_t { always, maybe };
  Field id;
  std::string_view name;
  Type type;
  Phase phase;
  Key key;
  Presence presence;
  Origin origin;
  std::string_view doc;
};

/// What the registry says of a function; `parameters` is explained in functions.def.
struct FunctionInfo {
  enum class Presence : std::uint8_t { always, maybe };
  Function id;
  std::string_view name;
  std::string_view parameters;
  Type result;
  Presence presence;
  std::string_view doc;
};

/// What the registry says of an action word.
struct ActionInfo {
  enum class Kind : std::uint8_t { edit, terminal, note, guard };
  enum class Phases : std::uint8_t { request, response, both };
  ActionWord id;
  std::string_view name;
  Kind kind;
  Phases phases;
  std::string_view doc;
};

/// What the registry says of a setting. Durations are in milliseconds, sizes in bytes.
struct SettingInfo {
  enum class Kind : std::uint8_t { milliseconds, bytes, count, toggle };
  Setting id;
  std::string_view section;
  std::string_view name;
  Kind kind;
  std::int64_t fallback;
  std::int64_t least;
  std::int64_t most;
  std::string_view doc;
};

inline constexpr auto kFields = std::to_array<FieldInfo>({
#define SPRX_FIELD(id, name, type, phase, key, presence, origin, doc) \
  {Field::id, name, Type::type, Phase::phase, FieldInfo::Key::key, FieldInfo::Presence::presence, Origin::origin, doc},
#include "compiler/table/fields.def"
#undef SPRX_FIELD
});

inline constexpr auto kFunctions = std::to_array<FunctionInfo>({
#define SPRX_FUNCTION(id, name, parameters, result, presence, doc) \
  {Function::id, name, parameters, Type::result, FunctionInfo::Presence::presence, doc},
#include "compiler/table/functions.def"
#undef SPRX_FUNCTION
});

inline constexpr auto kActions = std::to_array<ActionInfo>({
#define SPRX_ACTION(id, name, kind, phases, doc) \
  {ActionWord::id, name, ActionInfo::Kind::kind, ActionInfo::Phases::phases, doc},
#include "compiler/table/actions.def"
#undef SPRX_ACTION
});

inline constexpr auto kSettings = std::to_array<SettingInfo>({
#define SPRX_SETTING(id, section, name, kind, fallback, least, most, doc) \
  {Setting::id, section, name, SettingInfo::Kind::kind, fallback, least, most, doc},
#include "compiler/table/settings.def"
#undef SPRX_SETTING
});

[[nodiscard]] constexpr const FieldInfo& info(Field id) { return kFields[static_cast<std::size_t>(id)]; }
[[nodiscard]] constexpr const FunctionInfo& info(Function id) { return kFunctions[static_cast<std::size_t>(id)]; }
[[nodiscard]] constexpr const ActionInfo& info(ActionWord id) { return kActions[static_cast<std::size_t>(id)]; }
[[nodiscard]] constexpr const SettingInfo& info(Setting id) { return kSettings[static_cast<std::size_t>(id)]; }

namespace vocabulary_check {
/// Every word has a doc string and a name that no other word of its registry has.
template <typename Registry>
consteval bool documented_and_unique(const Registry& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].doc.empty() || words[i].name.empty()) return false;
    if constexpr (!requires { words[i].section; }) {
      for (std::size_t j = 0; j < i; ++j) {
        if (words[i].name == words[j].name) return false;
      }
    }
  }
  return true;
}
static_assert(documented_and_unique(kFields) && documented_and_unique(kFunctions));
static_assert(documented_and_unique(kActions) && documented_and_unique(kSettings));
}  // namespace vocabulary_check

/// Values of all settings, indexed by Setting; starts with the defaults.
struct Settings {
  std::array<std::int64_t, kSettings.size()> values = [] {
    std::array<std::int64_t, kSettings.size()> defaults{};
    for (std::size_t i = 0; i < kSettings.size(); ++i) defaults[i] = kSettings[i].fallback;
    return defaults;
  }();
  [[nodiscard]] std::int64_t operator[](Setting id) const { return values[static_cast<std::size_t>(id)]; }
  std::int64_t& operator[](Setting id) { return values[static_cast<std::size_t>(id)]; }
  friend bool operator==(const Settings&, const Settings&) = default;
};

}  // namespace sprx
