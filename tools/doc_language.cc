// The language's words as Markdown and as JSON, from the registries alone.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "compiler/diagnostics.h"
#include "compiler/table/vocabulary.h"
#include "compiler/test_words.h"
#include "tools/doc.h"
#include "tools/doc_examples.h"

namespace sprx {
namespace {

/// Code in a cell: `|` would end it.
std::string code(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return "`" + out + "`";
}

std::string_view word_of(Phase phase) { return phase == Phase::request ? "both" : "response"; }

std::string_view word_of(Origin origin) {
  constexpr std::string_view kWords[] = {"own", "wire", "path", "client"};
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

std::string_view kind_text(const SettingInfo& setting) {
  return setting.id == Setting::lints_deny ? "the word `deny`" : word_of(setting.kind);
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

std::string declarations_table() {
  std::string out = "## Declarations\n\n| write | |\n| --- | --- |\n";
  for (const Declaration& declaration : kDeclarations)
    out += fmt::format("| {} | {} |\n", code(declaration.use), declaration.note);
  return out;
}

std::string fields_table() {
  std::string out = fmt::format(
      "\n## Fields\n\nThe examples are those of `{}` with `X-Test: 1`, `X-Test: 2`,\n"
      "`Cookie: uid=u1` and `section-io-id: r-1`, from the client 203.0.113.9 in Sydney at 2026-01-01T00:00:00Z, to "
      "which the\n"
      "next hop answers 200 with `Content-Type: text/html; charset=utf-8`, `Vary: Accept` and `Set-Cookie: "
      "session=s1`.\n\n"
      "What may be absent: a comparison with it is false (so `!=` and `not in` are true), in `${{…}}` it is empty, "
      "`exists x`\n"
      "asks for it, and `x ?? \"…\"` gives a default. A comparison with a list holds if it holds for some element.\n\n"
      "| field | type | phase | may be absent | origin | | example |\n| --- | --- | --- | --- | --- | --- | --- |\n",
      kExampleRequest);
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    const FieldInfo& field = kFields[i];
    const FieldExample& example = kFieldExamples[i];
    out += fmt::format("| {} | {} | {} | {} | {} | {} | {} is {}{}{} |\n", code(usage_of(field)), name_of(field.type),
                       word_of(field.phase), field.presence == FieldInfo::Presence::maybe ? "yes" : "",
                       word_of(field.origin), field.doc, code(example.use), code(example.value),
                       example.note.empty() ? "" : "; ", example.note);
  }
  return out;
}

std::string functions_table() {
  std::string out =
      "\n## Functions\n\nGiven absent, a function gives absent. Of a list it gives the list of its results (`length` "
      "counts).\n\n"
      "| function | gives | may be absent | | example |\n| --- | --- | --- | --- | --- |\n";
  for (std::size_t i = 0; i < kFunctions.size(); ++i) {
    const FunctionInfo& function = kFunctions[i];
    const FunctionExample& example = kFunctionExamples[i];
    out += fmt::format("| {} | {} | {} | {} | {} is {}{} |\n", code(usage_of(function)), name_of(function.result),
                       function.presence == FunctionInfo::Presence::maybe ? "yes" : "", function.doc, code(example.use),
                       code(example.value), example.header.empty() ? "" : ", with " + code(example.header));
  }
  return out;
}

std::string actions_table() {
  std::string out =
      "\n## Actions\n\nEdits and notes add up over all rules that match. A terminal ends the phase. Guards stand "
      "before the "
      "actions and\nnarrow when the rule matches, or what that means.\n\n"
      "| word | kind | phase | | write |\n| --- | --- | --- | --- | --- |\n";
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    const ActionInfo& action = kActions[i];
    const ActionExample& example = kActionExamples[i];
    out += fmt::format("| `{}` | {} | {} | {} | {}{}{} |\n", action.name, word_of(action.kind), word_of(action.phases),
                       action.doc, code(example.use), example.note.empty() ? "" : "; ", example.note);
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
                       kind_text(setting), value_text(setting, setting.fallback), value_text(setting, setting.least),
                       value_text(setting, setting.most), setting.doc);
  }
  out +=
      "\nThey stand in `settings { … }`, each in the block of its section: `settings { client { body_timeout 30s; } "
      "drain_timeout "
      "10s; }`.\nOne more names a header: `client_ip { header \"True-Client-IP\"; }`, where the client's address is "
      "read "
      "instead of X-Forwarded-For;\nwhere it is missing or no address, the client is the peer.\n";
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
      if (setting.id == Setting::lints_deny) return value != 0 ? "`deny`" : "–";
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
         declarations_table() + fields_table() + functions_table() + actions_table() + settings_table() +
         tests_table() + codes_table();
}

std::string language_json() {
  boost::json::array declarations, fields, functions, actions, settings, codes;
  for (const Declaration& declaration : kDeclarations)
    declarations.push_back({{"use", text(declaration.use)}, {"doc", text(declaration.note)}});
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    const FieldInfo& field = kFields[i];
    const FieldExample& example = kFieldExamples[i];
    fields.push_back({{"name", text(field.name)},
                      {"type", text(name_of(field.type))},
                      {"phase", text(word_of(field.phase))},
                      {"keyed", field.key == FieldInfo::Key::keyed},
                      {"may_be_absent", field.presence == FieldInfo::Presence::maybe},
                      {"origin", text(word_of(field.origin))},
                      {"doc", text(field.doc)},
                      {"example", {{"use", text(example.use)}, {"value", text(example.value)}}}});
  }
  for (std::size_t i = 0; i < kFunctions.size(); ++i) {
    const FunctionInfo& function = kFunctions[i];
    const FunctionExample& example = kFunctionExamples[i];
    functions.push_back(
        {{"name", text(function.name)},
         {"usage", text(usage_of(function))},
         {"result", text(name_of(function.result))},
         {"may_be_absent", function.presence == FunctionInfo::Presence::maybe},
         {"doc", text(function.doc)},
         {"example", {{"use", text(example.use)}, {"value", text(example.value)}, {"header", text(example.header)}}}});
  }
  for (std::size_t i = 0; i < kActions.size(); ++i) {
    const ActionInfo& action = kActions[i];
    actions.push_back({{"name", text(action.name)},
                       {"kind", text(word_of(action.kind))},
                       {"phase", text(word_of(action.phases))},
                       {"doc", text(action.doc)},
                       {"example", text(kActionExamples[i].use)}});
  }
  for (const SettingInfo& setting : kSettings) {
    settings.push_back({{"section", text(setting.section)},
                        {"name", text(setting.name)},
                        {"kind", text(kind_text(setting))},
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
  const boost::json::object all = {{"declarations", declarations}, {"fields", fields},     {"functions", functions},
                                   {"actions", actions},           {"settings", settings}, {"diagnostics", codes}};
  return boost::json::serialize(all) + "\n";
}

}  // namespace sprx
