// SARIF 2.1.0 (OASIS), the form that code hosts read: one run, one result a diagnostic.
#include <boost/json.hpp>
#include <map>

#include "compiler/render.h"
#include "compiler/table/canonical.h"

namespace sprx {
namespace {

namespace json = boost::json;

constexpr const char* kSchema = "https://json.schemastore.org/sarif-2.1.0.json";
constexpr const char* kRoot = "CONFIGURATION";  ///< the base that all file names are relative to

std::string_view level(Severity severity) { return severity == Severity::error ? "error" : "warning"; }

json::object region_of(const LinePlace& place) {
  return {{"startLine", place.begin.line},
          {"startColumn", place.begin.column},
          {"endLine", place.end.line},
          {"endColumn", place.end.column}};
}

json::object artifact_of(std::string_view file) {
  std::string uri;
  for (const char c : file) {
    if (c == '%') {
      uri += "%25";  // a file name is no URL: its `%` is itself
    } else {
      append_client_text(UrlPlace::path, {&c, 1}, uri);
    }
  }
  return {{"uri", uri}, {"uriBaseId", kRoot}};
}

json::object location_of(const LinePlace& place) {
  return {{"physicalLocation", {{"artifactLocation", artifact_of(place.file)}, {"region", region_of(place)}}}};
}

json::object text_of(std::string_view text) { return {{"text", valid_utf8(text)}}; }

json::array fixes_of(const Diagnostic& diagnostic, const SourceSet& sources) {
  json::array out;
  for (const Fix& fix : diagnostic.fixes) {
    const LinePlace place = locate(fix.span, sources);
    if (!place.known) continue;
    const json::object replacement{{"deletedRegion", region_of(place)}, {"insertedContent", text_of(fix.replacement)}};
    const json::object change{{"artifactLocation", artifact_of(place.file)},
                              {"replacements", json::array{replacement}}};
    out.push_back(json::object{{"artifactChanges", json::array{change}}});
  }
  return out;
}

json::object result_of(const Diagnostic& diagnostic, Severity severity, std::size_t rule, const SourceSet& sources) {
  std::string message = diagnostic.message;
  for (const Note& note : diagnostic.notes) {
    message += note.word == Note::Word::help ? "\nhelp: " : "\nnote: ";
    message += note.text;
  }
  json::object out{{"ruleId", info(diagnostic.kind).code},
                   {"ruleIndex", rule},
                   {"level", level(severity)},
                   {"message", text_of(message)}};
  const LinePlace primary = locate(diagnostic.primary, sources);
  if (primary.known) out["locations"] = json::array{location_of(primary)};
  json::array related;
  for (const Label& label : diagnostic.labels) {
    const LinePlace place = locate(label.span, sources);
    if (!place.known) continue;
    json::object one = location_of(place);
    one["id"] = related.size() + 1;
    one["message"] = text_of(label.text);
    related.push_back(std::move(one));
  }
  if (!related.empty()) out["relatedLocations"] = std::move(related);
  json::array fixes = fixes_of(diagnostic, sources);
  if (!fixes.empty()) out["fixes"] = std::move(fixes);
  return out;
}

json::object rule_of(Kind kind) {
  const KindInfo& about = info(kind);
  return {{"id", about.code},
          {"shortDescription", text_of(about.title)},
          {"help", text_of("sprx explain " + std::string(about.code))},
          {"defaultConfiguration", {{"level", level(about.severity)}}}};
}

}  // namespace

std::string render_sarif(const DiagnosticList& list, const SourceSet& sources) {
  std::map<Kind, std::size_t> indices;
  json::array rules;
  json::array results;
  for (const Diagnostic& diagnostic : list.all()) {
    const auto [rule, fresh] = indices.try_emplace(diagnostic.kind, rules.size());
    if (fresh) rules.push_back(rule_of(diagnostic.kind));
    results.push_back(result_of(diagnostic, list.severity(diagnostic), rule->second, sources));
  }
  const json::object driver{{"name", "sprx"}, {"rules", std::move(rules)}};
  const json::object run{{"tool", {{"driver", driver}}},
                         {"columnKind", "unicodeCodePoints"},
                         {"originalUriBaseIds", {{kRoot, {{"description", text_of("the configuration directory")}}}}},
                         {"results", std::move(results)}};
  const json::object log{{"$schema", kSchema}, {"version", "2.1.0"}, {"runs", json::array{run}}};
  return json::serialize(log) + "\n";
}

}  // namespace sprx
