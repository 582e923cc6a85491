// The language's words as Markdown and as JSON, from the registries alone.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "compiler/diagnostics.h"
#include "compiler/table/vocabulary.h"
#include "compiler/test_words.h"
#include "tools/doc.h"

namespace sprx {
namespace {

std::string_view word_of(Phase phase) { return phase == Phase::request ? "both" : "response"; }

std::string_view word_of(Origin origin) {
  constexpr std::string_view kWords[] = {"own", "wire", "client"};
  return kWords[static_cast<std::size_t>(origin)];
}

std::string_view word_of(ActionInfo::Kind kind) {
  constexpr std::string_view kWords[] = {"edit", "terminal", "note", "guard"};
  return kWords[static_cast<std::size_t>(kind)];
}

std::string_view word_of(ActionInfo::Phases phases) {
  constexpr std::string_view kWords[] = {"request", "response", "both"};
  return kWords[static_cast<std::size_t>(phases)];
}

std::string_view word_of(SettingInfo::Kind kind) {
  constexpr std::string_view kWords[] = {"duration", "size", "count", "on or off"};
  return kWords[static_cast<std::size_t>(kind)];
}

std::string usage_of(const FieldInfo& field) {
  return field.key == FieldInfo::Key::keyed ? fmt::format("{}[\"…\"]", field.name) : std::string(field.name);
}

/// `substring(string, int[, int])` from the letters of functions.def.
std::string usage_of(const FunctionInfo& function) {
  std::string out = fmt::format("{}(", function.name);
  std::string closing = ")";
  const char* comma = "";
  for (const char letter : function.parameters) {
    if (letter == '*') {
      out += ", …";
      continue;
    }
    const bool optional = letter >= 'A' && letter <= 'Z';
    if (optional) closing.insert(0, "]");
    out += optional ? "[" : "";
    out += comma;
    switch (letter | 0x20) {
      case 'i':
        out += "int";
        break;
      case 't':
        out += "time";
        break;
      case 'a':
        out += "ip";
        break;
      case 'p':
        out += "pattern";
        break;
      default:
        out += "string";
    }
    comma = ", ";
  }
  return out + closing;
}

std::string fields_table() {
  std::string out =
      "## Fields\n\n| field | type | phase | may be absent | origin | |\n| --- | --- | --- | --- | --- | --- |\n";
  for (const FieldInfo& field : kFields) {
    out +=
        fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", usage_of(field), name_of(field.type), word_of(field.phase),
                    field.presence == FieldInfo::Presence::maybe ? "yes" : "", word_of(field.origin), field.doc);
  }
  return out;
}

std::string functions_table() {
  std::string out =
      "\n## Functions\n\nGiven absent, a function gives absent.\n\n| function | gives | may be absent | |\n"
      "| --- | --- | --- | --- |\n";
  for (const FunctionInfo& function : kFunctions) {
    out += fmt::format("| `{}` | {} | {} | {} |\n", usage_of(function), name_of(function.result),
                       function.presence == FunctionInfo::Presence::maybe ? "yes" : "", function.doc);
  }
  return out;
}

std::string actions_table() {
  std::string out = "\n## Actions\n\n| word | kind | phase | |\n| --- | --- | --- | --- |\n";
  for (const ActionInfo& action : kActions) {
    out +=
        fmt::format("| `{}` | {} | {} | {} |\n", action.name, word_of(action.kind), word_of(action.phases), action.doc);
  }
  return out;
}

std::string settings_table() {
  std::string out =
      "\n## Settings\n\n| section | setting | kind | default | from | to | |\n| --- | --- | --- | --- | --- | --- | "
      "--- |\n";
  for (const SettingInfo& setting : kSettings) {
    out += fmt::format("| {} | `{}` | {} | {} | {} | {} | {} |\n",
                       setting.section.empty() ? std::string() : fmt::format("`{}`", setting.section), setting.name,
                       word_of(setting.kind), value_text(setting, setting.fallback), value_text(setting, setting.least),
                       value_text(setting, setting.most), setting.doc);
  }
  return out;
}

std::string tests_table() {
  constexpr std::string_view kPlaces[] = {"test",     "in the request's block",    "in the block of `upstream`",
                                          "`expect`", "in the block of `forward`", "in the block of an answer"};
  std::string out = "\n## Tests\n\n| where | write | |\n| --- | --- | --- |\n";
  for (const TestWordInfo& word : kTestWords)
    out += fmt::format("| {} | `{}` | {} |\n", kPlaces[static_cast<std::size_t>(word.place)], word.usage, word.doc);
  return out;
}

std::string codes_table() {
  std::string out =
      "\n## Diagnostics\n\n`sprx explain CODE` has a page for each.\n\n| code | | |\n| --- | --- | --- |\n";
  for (const KindInfo& kind : all_kinds()) {
    out +=
        fmt::format("| {} | {} | {} |\n", kind.code, kind.severity == Severity::error ? "error" : "lint", kind.title);
  }
  return out;
}

boost::json::value text(std::string_view words) { return boost::json::value(boost::json::string(words)); }

}  // namespace

std::string value_text(const SettingInfo& setting, std::int64_t value) {
  switch (setting.kind) {
    case SettingInfo::Kind::milliseconds:
      if (value % 86'400'000 == 0 && value != 0) return fmt::format("{}d", value / 86'400'000);
      if (value % 3'600'000 == 0 && value != 0) return fmt::format("{}h", value / 3'600'000);
      if (value % 1'000 == 0) return fmt::format("{}s", value / 1'000);
      return fmt::format("{}ms", value);
    case SettingInfo::Kind::bytes:
      if (value % 1'048'576 == 0 && value != 0) return fmt::format("{}MiB", value / 1'048'576);
      if (value % 1'024 == 0 && value != 0) return fmt::format("{}KiB", value / 1'024);
      return fmt::format("{}", value);
    case SettingInfo::Kind::toggle:
      return value != 0 ? "on" : "off";
    case SettingInfo::Kind::count:
      break;
  }
  return fmt::format("{}", value);
}

std::string language_reference() {
  return "# The words of the `.sprx` language\n\n"
         "Written by `sprx doc` from the registries that the compiler and the proxy are built from. Fields of phase "
         "`both` can be\n"
         "read by request and response rules, those of phase `response` by response rules only. The origin of a text "
         "decides how\n"
         "it may stand in a redirect target.\n\n" +
         fields_table() + functions_table() + actions_table() + settings_table() + tests_table() + codes_table();
}

std::string language_json() {
  boost::json::array fields, functions, actions, settings, codes;
  for (const FieldInfo& field : kFields) {
    fields.push_back({{"name", text(field.name)},
                      {"type", text(name_of(field.type))},
                      {"phase", text(word_of(field.phase))},
                      {"keyed", field.key == FieldInfo::Key::keyed},
                      {"may_be_absent", field.presence == FieldInfo::Presence::maybe},
                      {"origin", text(word_of(field.origin))},
                      {"doc", text(field.doc)}});
  }
  for (const FunctionInfo& function : kFunctions) {
    functions.push_back({{"name", text(function.name)},
                         {"usage", text(usage_of(function))},
                         {"result", text(name_of(function.result))},
                         {"may_be_absent", function.presence == FunctionInfo::Presence::maybe},
                         {"doc", text(function.doc)}});
  }
  for (const ActionInfo& action : kActions) {
    actions.push_back({{"name", text(action.name)},
                       {"kind", text(word_of(action.kind))},
                       {"phase", text(word_of(action.phases))},
                       {"doc", text(action.doc)}});
  }
  for (const SettingInfo& setting : kSettings) {
    settings.push_back({{"section", text(setting.section)},
                        {"name", text(setting.name)},
                        {"kind", text(word_of(setting.kind))},
                        {"default", setting.fallback},
                        {"least", setting.least},
                        {"most", setting.most},
                        {"doc", text(setting.doc)}});
  }
  for (const KindInfo& kind : all_kinds()) {
    codes.push_back({{"code", text(kind.code)},
                     {"severity", kind.severity == Severity::error ? "error" : "lint"},
                     {"title", text(kind.title)}});
  }
  const boost::json::object all = {{"fields", fields},
                                   {"functions", functions},
                                   {"actions", actions},
                                   {"settings", settings},
                                   {"diagnostics", codes}};
  return boost::json::serialize(all) + "\n";
}

}  // namespace sprx
