// The syntax tree: what `parse` makes of one file. It knows shapes and places and no words' meaning.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "grammar/source.h"

namespace sprx {

/// Kinds of nodes. The comment lists the children in order; `?` optional, `*` any number.
/// A node's span covers its text from its first token to its last (without surrounding blanks).
enum class NodeKind : std::uint8_t {
  file,           // item*
  allow,          // name string
  include,        // string
  settings,       // block
  list,           // name(LIST) name(TYPE) source? block?           flag_a: dynamic
  table,          // name name(KEY TYPE) name(VALUE TYPE) source block?
  source,         // list_literal | map_literal | string (from)      flag_a: from a file   flag_b: nocase
  map_literal,    // map_entry*
  map_entry,      // value value
  redirects,      // name string block?                              flag_b: nocase
  flag,           // name                                            flag_a: on
  limit,          // name block
  let,            // name expr
  rule,           // name statement*                                 flag_a: response rule
  group,          // name when? item*
  tests,          // name string
  test,           // name block
  when,           // expr
  over,           // name
  log,            // name expr
  block,          // action*
  action,         // word argument* assigned? block?    (word: node kind `name`; argument: any expr)
  assigned,       // expr                                            the part after `=`
  or_expr,        // expr expr+
  and_expr,       // expr expr+
  not_expr,       // expr
  exists_expr,    // value
  comparison,     // value operator_ (value | range)                 flag_a: `not` before it   flag_b: nocase
  operator_,      // its text: in like under matches contains starts_with ends_with == != < <= > >=
  range,          // integer integer
  fallback,       // value value+                                    a ?? b ?? c
  index,          // primary value+                                  a["k"], a["k", "l"]; chains nest
  choose,         // choice* otherwise*                              in source order
  choice,         // expr value                                      cond => value
  otherwise,      // value                                           else => value
  score,          // score_term*
  score_term,     // integer expr                                    flag_a: negative
  rate,           // its text
  measure,        // its text
  integer,        // its text
  string,         // string_part*                                    flag_a: raw """…"""
  string_text,    // a run of plain characters
  string_escape,  // one `\…` or `\u{…}`
  interpolation,  // value                                           ${…}
  regex,          // its text, delimiters included                   flag_a: r"…" form   flag_b: `i` at the end
  list_literal,   // (range | value)*
  call,           // name value*
  path,           // its text: a dotted name
  paren,          // expr
  name,           // its text
  error,          // children that were complete; what could not be read. Never causes a second message.
};

/// A node of a SyntaxTree, named by its place in the vector; children are a linked list of siblings.
struct Node {
  NodeKind kind = NodeKind::error;
  bool flag_a = false;
  bool flag_b = false;
  bool incomplete = false;  ///< something below it did not parse (it holds or is an `error`)
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t first_child = kNone;
  std::uint32_t next_sibling = kNone;

  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
};

using NodeId = std::uint32_t;

/// The tree of one file: nodes in one vector, the root at `root`. Holds offsets into the file's text, no text.
struct SyntaxTree {
  FileId file = kNoFile;
  std::vector<Node> nodes;
  NodeId root = Node::kNone;

  [[nodiscard]] const Node& operator[](NodeId id) const { return nodes[id]; }
  [[nodiscard]] Span span(NodeId id) const { return {file, nodes[id].begin, nodes[id].end}; }
};

/// The tree as indented text, one node a line: kind, flags, `@begin-end`, and the source text of leaves (escaped).
[[nodiscard]] std::string dump(const SyntaxTree& tree, std::string_view text);

}  // namespace sprx
