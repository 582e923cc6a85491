#include "error_text.h"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <utility>

namespace sprx::testing {
namespace {

std::string place(const SourceFile& file, std::uint32_t offset) {
  const LineColumn at = file.locate(offset);
  return std::to_string(at.line) + ":" + std::to_string(at.column);
}

std::string range(const SourceFile& file, Span span) { return place(file, span.begin) + "-" + place(file, span.end); }

}  // namespace

std::string_view kind_name(SyntaxErrorKind kind) {
  switch (kind) {
    case SyntaxErrorKind::unexpected:
      return "unexpected";
    case SyntaxErrorKind::missing_semicolon:
      return "missing_semicolon";
    case SyntaxErrorKind::unclosed_brace:
      return "unclosed_brace";
    case SyntaxErrorKind::unclosed_bracket:
      return "unclosed_bracket";
    case SyntaxErrorKind::stray_brace:
      return "stray_brace";
    case SyntaxErrorKind::unterminated_string:
      return "unterminated_string";
    case SyntaxErrorKind::unterminated_regex:
      return "unterminated_regex";
    case SyntaxErrorKind::bad_escape:
      return "bad_escape";
    case SyntaxErrorKind::bad_interpolation:
      return "bad_interpolation";
    case SyntaxErrorKind::foreign_spelling:
      return "foreign_spelling";
    case SyntaxErrorKind::reserved_word:
      return "reserved_word";
    case SyntaxErrorKind::chained_comparison:
      return "chained_comparison";
    case SyntaxErrorKind::too_deep:
      return "too_deep";
    case SyntaxErrorKind::not_utf8:
      return "not_utf8";
    case SyntaxErrorKind::control_character:
      return "control_character";
    case SyntaxErrorKind::bad_number:
      return "bad_number";
    case SyntaxErrorKind::empty_pattern:
      return "empty_pattern";
    case SyntaxErrorKind::look_alike:
      return "look_alike";
    case SyntaxErrorKind::hidden_order:
      return "hidden_order";
    case SyntaxErrorKind::missing_comma:
      return "missing_comma";
    case SyntaxErrorKind::stray_bracket:
      return "stray_bracket";
    case SyntaxErrorKind::bare_text:
      return "bare_text";
  }
  return "?";
}

std::string brief(const SourceFile& file, const std::vector<SyntaxError>& errors) {
  std::string out;
  for (const SyntaxError& error : errors) {
    out += std::string(kind_name(error.kind)) + " " + place(file, error.primary.begin) + " " + error.message + "\n";
  }
  return out;
}

std::string full(const SourceFile& file, const std::vector<SyntaxError>& errors) {
  std::string out;
  for (const SyntaxError& error : errors) {
    out += std::string(kind_name(error.kind)) + " " + range(file, error.primary) + " " + error.message + "\n";
    for (const SyntaxError::Label& label : error.labels) {
      out += "  " + range(file, label.span) + " " + label.text + "\n";
    }
    if (!error.help.empty()) {
      out += "  help: " + error.help + "\n";
    }
    for (const SyntaxError::Fix& fix : error.fixes) {
      out += "  fix: " + range(file, fix.span) + " `" + fix.replacement + "`" + (fix.certain ? " certain" : "") + "\n";
    }
  }
  return out;
}

Parsed::Parsed(std::string text, const ParseLimits& limits) : file(sources.add("main.sprx", std::move(text))) {
  result = parse(file, sources[file].text, limits);
}

void Parsed::doubt() {
  const std::string_view text = source().text;
  const std::vector<Doubt> doubts = find_doubts(file, text);
  if (!doubts.empty()) result = parse_doubted(file, text, doubts);
}

std::string broken_promise(const Parsed& parsed) {
  const auto size = static_cast<std::uint32_t>(parsed.source().text.size());
  std::uint32_t last = 0;
  bool first = true;
  for (const SyntaxError& error : parsed.result.errors) {
    const auto inside = [&](Span span) {
      return span.file == parsed.file && span.begin <= span.end && span.end <= size;
    };
    if (!inside(error.primary)) {
      return "a span is out of range: " + error.message;
    }
    if (!first && error.primary.begin <= last) {
      return "mistakes are not sorted, or two are at one place: " + error.message;
    }
    for (const SyntaxError::Label& label : error.labels) {
      if (!inside(label.span) || label.text.empty()) {
        return "a label is out of range: " + label.text;
      }
    }
    for (const SyntaxError::Fix& fix : error.fixes) {
      if (!inside(fix.span)) {
        return "a fix is out of range";
      }
    }
    if (error.message.empty() || error.message.ends_with('.')) {
      return "a message is empty or ends with a full stop";
    }
    first = false;
    last = error.primary.begin;
  }
  const SyntaxTree& tree = parsed.result.tree;
  if (tree.root >= tree.nodes.size() || tree[tree.root].kind != NodeKind::file) {
    return "there is no root";
  }
  for (NodeId id = 0; id < tree.nodes.size(); ++id) {
    const Node& node = tree[id];
    if (node.begin > node.end || node.end > size) {
      return "a node is out of range";
    }
    bool child_incomplete = false;
    for (NodeId child = node.first_child; child != Node::kNone; child = tree[child].next_sibling) {
      if (child >= id) {
        return "a child does not come before its parent";
      }
      child_incomplete = child_incomplete || tree[child].incomplete;
    }
    if (child_incomplete && !node.incomplete) {
      return "a node above an incomplete one is complete";
    }
    if (node.kind == NodeKind::error && !node.incomplete) {
      return "an error node is complete";
    }
  }
  if (tree[tree.root].incomplete && parsed.result.errors.empty()) {
    return "the tree is incomplete and nothing says why";
  }
  return {};
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

void write_file(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

bool updating_goldens() {
  const char* const set = std::getenv("SPRX_UPDATE_GOLDENS");
  return set != nullptr && std::string_view(set) == "1";
}

}  // namespace sprx::testing
