#include "compiler/format.h"

#include <utility>
#include <vector>

#include "compiler/format_layout.h"
#include "compiler/load.h"
#include "grammar/parse.h"

namespace sprx {
namespace {

/// Nodes whose text means something by itself.
bool has_text(const Node& node) {
  switch (node.kind) {
    case NodeKind::operator_:
    case NodeKind::rate:
    case NodeKind::measure:
    case NodeKind::integer:
    case NodeKind::string_text:
    case NodeKind::string_escape:
    case NodeKind::regex:
    case NodeKind::path:
    case NodeKind::name:
      return true;
    default:
      return false;
  }
}

std::string_view text_of(const Node& node, std::string_view text) {
  return text.substr(node.begin, node.end - node.begin);
}

bool same_node(const Node& a, std::string_view a_text, const Node& b, std::string_view b_text) {
  const bool alike = a.kind == b.kind && a.flag_a == b.flag_a && a.flag_b == b.flag_b && a.incomplete == b.incomplete;
  return alike && (!has_text(a) || text_of(a, a_text) == text_of(b, b_text));
}

}  // namespace

std::string format(const SyntaxTree& tree, std::string_view text) {
  const FormatTokens tokens(tree, text);
  return FormatLayout(tree, tokens).run();
}

bool same_meaning(const SyntaxTree& a, std::string_view a_text, const SyntaxTree& b, std::string_view b_text) {
  if (a.nodes.size() != b.nodes.size()) return false;
  if (a.root == Node::kNone || b.root == Node::kNone) return a.root == b.root;
  std::vector<std::pair<NodeId, NodeId>> open{{a.root, b.root}};
  while (!open.empty()) {
    const auto [left, right] = open.back();
    open.pop_back();
    if (!same_node(a[left], a_text, b[right], b_text)) return false;
    NodeId x = a[left].first_child;
    NodeId y = b[right].first_child;
    for (; x != Node::kNone && y != Node::kNone; x = a[x].next_sibling, y = b[y].next_sibling) open.emplace_back(x, y);
    if (x != y) return false;
  }
  return true;
}

FormatResult format_file(const SourceSet& sources, FileId file, DiagnosticList& out) {
  const std::string_view text = sources[file].text;
  const ParseResult before = parse(file, text);
  for (const SyntaxError& error : before.errors) report(error, out);
  if (!before.errors.empty()) return {FormatOutcome::mistakes, {}};
  FormatResult result{FormatOutcome::ok, format(before.tree, text)};
  const ParseResult after = parse(file, result.text);
  const bool same = after.errors.empty() && same_meaning(before.tree, text, after.tree, result.text);
  if (!same) result.outcome = FormatOutcome::refused;
  return result;
}

}  // namespace sprx
