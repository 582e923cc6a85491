// One JSON object a line, with the keys of the command line's documentation, in that order.
#include <boost/json.hpp>

#include "compiler/render.h"

namespace sprx {
namespace {

namespace json = boost::json;

void put_place(json::object& out, const LinePlace& place) {
  if (!place.known) {
    for (const char* key : {"file", "line", "column", "end_line", "end_column"}) out[key] = nullptr;
    return;
  }
  out["file"] = valid_utf8(place.file);
  out["line"] = place.begin.line;
  out["column"] = place.begin.column;
  out["end_line"] = place.end.line;
  out["end_column"] = place.end.column;
}

json::object object_of(const Diagnostic& diagnostic, Severity severity, const SourceSet& sources,
                       const RenderOptions& options) {
  json::object out;
  out["code"] = info(diagnostic.kind).code;
  out["severity"] = word(severity);
  out["message"] = valid_utf8(diagnostic.message);
  put_place(out, locate(diagnostic.primary, sources));
  json::array labels;
  for (const Label& label : diagnostic.labels) {
    json::object one;
    put_place(one, locate(label.span, sources));
    one["text"] = valid_utf8(label.text);
    labels.push_back(std::move(one));
  }
  out["labels"] = std::move(labels);
  json::array notes;
  for (const Note& note : diagnostic.notes) {
    json::object one;
    one["kind"] = note.word == Note::Word::help ? "help" : "note";
    one["text"] = valid_utf8(note.text);
    notes.push_back(std::move(one));
  }
  out["notes"] = std::move(notes);
  json::array fixes;
  for (const Fix& fix : diagnostic.fixes) {
    json::object one;
    put_place(one, locate(fix.span, sources));
    one["replacement"] = valid_utf8(fix.replacement);
    one["certain"] = fix.certain;
    fixes.push_back(std::move(one));
  }
  out["fixes"] = std::move(fixes);
  RenderOptions plain = options;
  plain.color = false;
  plain.ascii = true;
  out["rendered"] = render_one(diagnostic, severity, sources, plain);
  return out;
}

}  // namespace

std::string render_json(const DiagnosticList& list, const SourceSet& sources, const RenderOptions& options) {
  std::string out;
  for (const Diagnostic& diagnostic : list.all()) {
    out += json::serialize(object_of(diagnostic, list.severity(diagnostic), sources, options));
    out += '\n';
  }
  return out;
}

}  // namespace sprx
