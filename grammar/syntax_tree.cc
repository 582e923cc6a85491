#include "grammar/syntax_tree.h"

#include <array>
#include <utility>

namespace sprx {
namespace {

constexpr std::array kKindNames = {
    "file",          "allow",         "include",   "settings",     "list",     "table",       "source",
    "map_literal",   "map_entry",     "redirects", "flag",         "limit",    "let",         "rule",
    "group",         "tests",         "test",      "when",         "over",     "log",         "block",
    "action",        "assigned",      "or_expr",   "and_expr",     "not_expr", "exists_expr", "comparison",
    "operator_",     "range",         "fallback",  "index",        "choose",   "choice",      "otherwise",
    "score",         "score_term",    "rate",      "measure",      "integer",  "string",      "string_text",
    "string_escape", "interpolation", "regex",     "list_literal", "call",     "path",        "paren",
    "name",          "error",
};
static_assert(kKindNames.size() == static_cast<std::size_t>(NodeKind::error) + 1);

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::size_t kShown = 80;
  const std::string_view shown = text.substr(0, kShown);
  static constexpr char kHex[] = "0123456789abcdef";
  out += '`';
  for (const char c : shown) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\\') {
      out += "\\\\";
    } else if (byte < 0x20 || byte >= 0x7F) {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  out += '`';
  if (shown.size() < text.size()) {
    out += "...";
  }
}

}  // namespace

std::string dump(const SyntaxTree& tree, std::string_view text) {
  std::string out;
  if (tree.root == Node::kNone) {
    return out;
  }
  // An explicit stack: a tree of any shape is printed without recursion.
  std::vector<std::pair<NodeId, std::uint32_t>> open{{tree.root, 0}};
  while (!open.empty()) {
    const auto [id, depth] = open.back();
    open.pop_back();
    const Node& node = tree[id];
    out.append(std::size_t{2} * depth, ' ');
    out += kKindNames[static_cast<std::size_t>(node.kind)];
    out += node.flag_a ? " a" : "";
    out += node.flag_b ? " b" : "";
    out += node.incomplete ? " incomplete" : "";
    out += " @" + std::to_string(node.begin) + "-" + std::to_string(node.end);
    if (node.first_child == Node::kNone && node.begin < node.end && node.end <= text.size()) {
      out += ' ';
      append_escaped(out, text.substr(node.begin, node.end - node.begin));
    }
    out += '\n';
    if (node.next_sibling != Node::kNone && id != tree.root) {
      open.emplace_back(node.next_sibling, depth);
    }
    if (node.first_child != Node::kNone) {
      open.emplace_back(node.first_child, depth + 1);
    }
  }
  return out;
}

}  // namespace sprx
