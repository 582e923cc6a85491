#include <array>
#include <charconv>

#include "compiler/ast.h"

namespace sprx::ast {
namespace {

/// Deeper trees than any the parser makes on purpose (its own bound is ParseLimits::depth); what is below is poisoned.
constexpr int kMaxTreeDepth = 400;

void append_utf8(std::uint32_t code, std::string& out) {
  const auto byte = [&out](std::uint32_t value) { out.push_back(static_cast<char>(value)); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | code >> 6);
    byte(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    byte(0xE0 | code >> 12);
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  } else {
    byte(0xF0 | code >> 18);
    byte(0x80 | (code >> 12 & 0x3F));
    byte(0x80 | (code >> 6 & 0x3F));
    byte(0x80 | (code & 0x3F));
  }
}

/// The text an escape stands for. Escapes that only templates know keep their backslash; `*keeps` says so.
std::string unescape(std::string_view escape, bool* keeps) {
  *keeps = false;
  if (escape.size() < 2) return {};
  switch (escape[1]) {
    case 'n':
      return "\n";
    case 't':
      return "\t";
    case '"':
    case '\\':
    case '$':
      return std::string(1, escape[1]);
    case '{':
    case '[':
    case '*':
      *keeps = true;
      return std::string(escape);
    case 'u': {
      std::uint32_t code = 0;
      const char* const begin = escape.data() + 3;
      if (escape.size() > 4) std::from_chars(begin, escape.data() + escape.size() - 1, code, 16);
      std::string text;
      if (code <= 0x10FFFF) append_utf8(code, text);
      return text;
    }
    default:
      return std::string(escape.substr(1));  // the parser has reported it
  }
}

std::int64_t read_integer(std::string_view digits) {
  std::string plain;
  for (const char c : digits) {
    if (c != '_') plain.push_back(c);
  }
  std::int64_t value = 0;
  const auto end = plain.data() + plain.size();
  return std::from_chars(plain.data(), end, value).ec == std::errc() ? value : INT64_MAX;
}

class Builder {
 public:
  Builder(const SyntaxTree& tree, std::string_view text) : tree_(tree), text_(text) {}

  File file() {
    File out;
    out.id = tree_.file;
    if (tree_.root == Node::kNone) return out;
    out.incomplete = tree_[tree_.root].incomplete;
    items(tree_.root, out.items, 0);
    out.too_deep = too_deep_;
    return out;
  }

 private:
  const SyntaxTree& tree_;
  std::string_view text_;
  Span too_deep_;

  /// Whether `depth` is past what is followed; the first such place is kept.
  bool too_deep(NodeId at, int depth) {
    if (depth <= kMaxTreeDepth) return false;
    if (!too_deep_.known()) too_deep_ = {tree_.file, node(at).begin, node(at).begin + 1};
    return true;
  }

  [[nodiscard]] const Node& node(NodeId id) const { return tree_[id]; }
  [[nodiscard]] std::string_view text_of(NodeId id) const {
    return text_.substr(node(id).begin, node(id).end - node(id).begin);
  }
  [[nodiscard]] std::vector<NodeId> children(NodeId id) const {
    std::vector<NodeId> out;
    for (NodeId at = node(id).first_child; at != Node::kNone; at = node(at).next_sibling) out.push_back(at);
    return out;
  }
  [[nodiscard]] Ident ident(NodeId id) const { return {std::string(text_of(id)), tree_.span(id)}; }
  /// The child at `place` if it is a name, else an unknown one.
  [[nodiscard]] Ident name_at(const std::vector<NodeId>& kids, std::size_t place) const {
    if (place < kids.size() && node(kids[place]).kind == NodeKind::name) return ident(kids[place]);
    return {};
  }
  /// The first child that is a string, as an expression; an `error` one where there is none.
  [[nodiscard]] Expr string_of(const std::vector<NodeId>& kids) {
    for (const NodeId kid : kids) {
      if (node(kid).kind == NodeKind::string) return expr(kid, 0);
    }
    return {};
  }

  void items(NodeId parent, std::vector<Item>& out, int depth) {
    for (NodeId at = node(parent).first_child; at != Node::kNone; at = node(at).next_sibling) {
      if (node(at).kind != NodeKind::name && !is_group_when(parent, at)) item(at, out, depth);
    }
  }
  /// Of a group's children the name and the condition are not items.
  [[nodiscard]] bool is_group_when(NodeId parent, NodeId at) const {
    return node(parent).kind == NodeKind::group && (node(at).kind == NodeKind::when || is_condition(node(at).kind));
  }
  /// A condition of which only a beginning could be read.
  [[nodiscard]] bool is_cut(const std::vector<NodeId>& parts) const {
    return parts.size() > 1 && node(parts.back()).kind == NodeKind::error;
  }
  static bool is_condition(NodeKind kind) { return kind >= NodeKind::or_expr && kind != NodeKind::error; }

  void item(NodeId at, std::vector<Item>& out, int depth) {
    const std::vector<NodeId> kids = children(at);
    const Span span = tree_.span(at);
    switch (node(at).kind) {
      case NodeKind::include:
        out.push_back({Include{string_of(kids), span}});
        return;
      case NodeKind::settings:
        out.push_back({Settings{kids.empty() ? Block{} : block(kids.back(), depth + 1), span}});
        return;
      case NodeKind::list:
      case NodeKind::table:
        out.push_back({list(at, kids, depth)});
        return;
      case NodeKind::redirects:
        out.push_back({redirects(at, kids, depth)});
        return;
      case NodeKind::let:
        out.push_back({let(kids, depth)});
        return;
      case NodeKind::rule:
        out.push_back({rule(at, kids, depth)});
        return;
      case NodeKind::group:
        out.push_back({group(at, kids, depth)});
        return;
      case NodeKind::flag:
      case NodeKind::limit:
      case NodeKind::test:
      case NodeKind::tests:
      case NodeKind::allow:
        out.push_back({Later{later_kind(node(at).kind), name_at(kids, 0), span}});
        return;
      default:
        out.push_back({broken(at)});
        return;
    }
  }

  static Later::Kind later_kind(NodeKind kind) {
    switch (kind) {
      case NodeKind::limit:
        return Later::Kind::limit;
      case NodeKind::test:
        return Later::Kind::test;
      case NodeKind::tests:
        return Later::Kind::tests;
      case NodeKind::allow:
        return Later::Kind::allow;
      default:
        return Later::Kind::flag;
    }
  }

  /// Every name in what did not parse may have been declared there.
  Broken broken(NodeId at) const {
    Broken out{{}, tree_.span(at)};
    std::vector<NodeId> open{at};
    while (!open.empty()) {
      const NodeId id = open.back();
      open.pop_back();
      if (node(id).kind == NodeKind::name || node(id).kind == NodeKind::path) out.names.push_back(ident(id));
      for (const NodeId kid : children(id)) open.push_back(kid);
    }
    // A declaration of which not even the name is a node: the words at its start may be what it declares.
    std::string_view rest = text_of(at);
    for (int words = 0; words < 3 && !rest.empty(); ++words) {
      std::size_t size = 0;
      while (size < rest.size() && (std::isalnum(static_cast<unsigned char>(rest[size])) != 0 || rest[size] == '_'))
        ++size;
      if (size == 0) break;
      out.names.push_back({std::string(rest.substr(0, size)), out.span});
      rest.remove_prefix(size);
      while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) rest.remove_prefix(1);
    }
    return out;
  }

  List list(NodeId at, const std::vector<NodeId>& kids, int depth) {
    List out;
    out.table = node(at).kind == NodeKind::table;
    out.dynamic = node(at).flag_a;
    out.span = tree_.span(at);
    std::size_t names = 0;
    for (const NodeId kid : kids) {
      if (node(kid).kind == NodeKind::name) {
        (names == 0 ? out.name : names == 1 ? out.key_type : out.value_type) = ident(kid);
        ++names;
      } else if (node(kid).kind == NodeKind::source) {
        out.source = source(kid);
      } else if (node(kid).kind == NodeKind::block) {
        out.block = block(kid, depth + 1);
      }
    }
    if (node(at).incomplete && out.source.kind == Source::Kind::none) out.source.incomplete = true;
    return out;
  }

  Source source(NodeId at) {
    Source out;
    out.nocase = node(at).flag_b;
    out.incomplete = node(at).incomplete;
    out.span = tree_.span(at);
    for (const NodeId kid : children(at)) {
      const NodeKind kind = node(kid).kind;
      if (kind == NodeKind::string) {
        out.kind = Source::Kind::file;
        out.file = expr(kid, 0);
      } else if (kind == NodeKind::list_literal) {
        out.kind = Source::Kind::list;
        for (const NodeId row : children(kid)) out.items.push_back(expr(row, 0));
      } else if (kind == NodeKind::map_literal) {
        out.kind = Source::Kind::map;
        for (const NodeId row : children(kid)) {
          const std::vector<NodeId> pair = children(row);
          if (node(row).kind != NodeKind::map_entry || pair.size() != 2) continue;
          out.items.push_back(expr(pair[0], 0));
          out.items.push_back(expr(pair[1], 0));
        }
      }
    }
    return out;
  }

  Redirects redirects(NodeId at, const std::vector<NodeId>& kids, int depth) {
    Redirects out;
    out.name = name_at(kids, 0);
    out.nocase = node(at).flag_b;
    out.file = string_of(kids);
    out.span = tree_.span(at);
    if (!kids.empty() && node(kids.back()).kind == NodeKind::block) out.block = block(kids.back(), depth + 1);
    return out;
  }

  Let let(const std::vector<NodeId>& kids, int depth) {
    Let out;
    out.name = name_at(kids, 0);
    if (kids.size() > 1) out.value = expr(kids[1], depth + 1);
    return out;
  }

  Rule rule(NodeId at, const std::vector<NodeId>& kids, int depth) {
    Rule out;
    out.response = node(at).flag_a;
    out.incomplete = node(at).incomplete;
    out.name = name_at(kids, 0);
    out.span = tree_.span(at);
    for (const NodeId kid : kids) {
      const std::vector<NodeId> parts = children(kid);
      switch (node(kid).kind) {
        case NodeKind::when:
          out.statements.emplace_back(
              When{parts.empty() ? Expr{} : expr(parts[0], depth + 1), tree_.span(kid), is_cut(parts)});
          break;
        case NodeKind::over:
          out.statements.emplace_back(Over{name_at(parts, 0), tree_.span(kid)});
          break;
        case NodeKind::let:
          out.statements.emplace_back(let(parts, depth));
          break;
        case NodeKind::log:
        case NodeKind::action:
          out.statements.emplace_back(action(kid, depth + 1));
          break;
        default:
          break;
      }
    }
    return out;
  }

  Group group(NodeId at, const std::vector<NodeId>& kids, int depth) {
    Group out;
    out.name = name_at(kids, 0);
    out.span = tree_.span(at);
    for (const NodeId kid : kids) {
      if (node(kid).kind == NodeKind::when) {
        const std::vector<NodeId> parts = children(kid);
        out.when = parts.empty() ? Expr{} : expr(parts[0], 0);
        out.when_cut = is_cut(parts);
      } else if (is_condition(node(kid).kind) && node(kid).kind != NodeKind::name) {
        out.when = expr(kid, 0);
      }
    }
    if (!too_deep(at, depth + 1)) items(at, out.items, depth + 1);
    return out;
  }

  Block block(NodeId at, int depth) {
    Block out;
    out.span = tree_.span(at);
    if (node(at).kind != NodeKind::block || too_deep(at, depth)) return out;
    for (const NodeId kid : children(at)) {
      if (node(kid).kind == NodeKind::action || node(kid).kind == NodeKind::log)
        out.actions.push_back(action(kid, depth + 1));
    }
    return out;
  }

  Action action(NodeId at, int depth) {
    Action out;
    out.span = tree_.span(at);
    out.incomplete = node(at).incomplete;
    const std::vector<NodeId> kids = children(at);
    std::size_t next = 0;
    if (node(at).kind == NodeKind::log) {
      out.word = {"log", {tree_.file, node(at).begin, node(at).begin + 3}};
      out.key = name_at(kids, 0);
      if (kids.size() > 1) out.assigned = expr(kids[1], depth);
      return out;
    }
    out.word = name_at(kids, 0);
    for (next = out.word.known() ? 1 : 0; next < kids.size(); ++next) {
      const NodeId kid = kids[next];
      if (node(kid).kind == NodeKind::assigned) {
        const std::vector<NodeId> parts = children(kid);
        out.assigned = parts.empty() ? Expr{} : expr(parts[0], depth);
      } else if (node(kid).kind == NodeKind::block) {
        out.block = block(kid, depth + 1);
      } else {
        out.arguments.push_back(expr(kid, depth));
      }
    }
    return out;
  }

  Expr expr(NodeId at, int depth) {
    Expr out;
    out.span = tree_.span(at);
    if (too_deep(at, depth)) return out;
    out.kind = kind_of(node(at).kind);
    switch (out.kind) {
      case Expr::Kind::string:
        string(at, out, depth);
        return out;
      case Expr::Kind::regex:
        regex(at, out);
        return out;
      case Expr::Kind::integer:
        out.number = read_integer(text_of(at));
        return out;
      case Expr::Kind::measure:
        measure(at, out);
        return out;
      case Expr::Kind::path:
      case Expr::Kind::rate:
        out.text = text_of(at);
        return out;
      case Expr::Kind::error:
        return out;
      case Expr::Kind::term:
        term(at, out, depth);
        return out;
      default:
        compound(at, out, depth);
        return out;
    }
  }

  /// `-3 when condition;`: the number, then the condition.
  void term(NodeId at, Expr& out, int depth) {
    const std::vector<NodeId> kids = children(at);
    if (kids.size() != 2 || node(kids[0]).kind != NodeKind::integer || node(kids[0]).incomplete) {
      out.kind = Expr::Kind::error;
      return;
    }
    out.word = tree_.span(kids[0]);
    out.number = read_integer(text_of(kids[0])) * (node(at).flag_a ? -1 : 1);
    out.children.push_back(expr(kids[1], depth + 1));
  }

  void compound(NodeId at, Expr& out, int depth) {
    out.negated = out.kind == Expr::Kind::comparison && node(at).flag_a;
    out.nocase = out.kind == Expr::Kind::comparison && node(at).flag_b;
    std::uint32_t left_end = node(at).begin;
    for (const NodeId kid : children(at)) {
      const NodeKind kind = node(kid).kind;
      if (kind == NodeKind::operator_) {
        out.text = text_of(kid);
        out.word = {tree_.file, node(kid).begin, node(kid).end};
        widen_operator(out, left_end);
      } else if (kind == NodeKind::name && out.kind == Expr::Kind::call && out.text.empty()) {
        out.text = text_of(kid);
        out.word = tree_.span(kid);
      } else {
        out.children.push_back(expr(kid, depth + 1));
        left_end = node(kid).end;
      }
    }
    if (!complete(out)) out.kind = Expr::Kind::error;
  }

  /// `not` and `nocase` stand between the left side and the operator: the operator's place begins with them.
  void widen_operator(Expr& out, std::uint32_t left_end) const {
    if (!out.negated && !out.nocase) return;
    std::uint32_t begin = left_end;
    while (begin < out.word.begin &&
           (text_[begin] == ' ' || text_[begin] == '\t' || text_[begin] == '\n' || text_[begin] == '\r'))
      ++begin;
    const std::string_view between = text_.substr(begin, out.word.begin - begin);
    if (between.starts_with("not") || between.starts_with("nocase")) out.word.begin = begin;
  }

  static bool complete(const Expr& e) {
    switch (e.kind) {
      case Expr::Kind::comparison:
      case Expr::Kind::choice:
      case Expr::Kind::range:
        return e.children.size() == 2;
      case Expr::Kind::not_:
      case Expr::Kind::exists:
      case Expr::Kind::otherwise:
      case Expr::Kind::paren:
        return e.children.size() == 1;
      case Expr::Kind::or_:
      case Expr::Kind::and_:
      case Expr::Kind::fallback:
      case Expr::Kind::index:
        return e.children.size() >= 2;
      case Expr::Kind::call:
        return !e.text.empty();
      default:
        return true;
    }
  }

  void string(NodeId at, Expr& out, int depth) {
    out.raw = node(at).flag_a;
    const std::vector<NodeId> parts = children(at);
    if (parts.empty()) return;
    if (parts.size() == 1 && node(parts[0]).kind == NodeKind::string_text) {
      out.text = text_of(parts[0]);
      return;
    }
    for (const NodeId part : parts) {
      Expr piece;
      piece.kind = Expr::Kind::piece;
      piece.span = tree_.span(part);
      if (node(part).kind == NodeKind::string_text) {
        piece.text = text_of(part);
      } else if (node(part).kind == NodeKind::string_escape) {
        piece.text = unescape(text_of(part), &piece.escaped);
        out.escaped = true;
      } else {
        const std::vector<NodeId> inner = children(part);
        piece = inner.empty() ? Expr{} : expr(inner[0], depth + 1);
        if (inner.empty()) piece.span = tree_.span(part);
      }
      out.children.push_back(std::move(piece));
    }
  }

  void regex(NodeId at, Expr& out) const {
    std::string_view source = text_of(at);
    out.nocase = node(at).flag_b;
    if (out.nocase && source.ends_with('i')) source.remove_suffix(1);
    source.remove_prefix(std::min<std::size_t>(source.size(), node(at).flag_a ? 2 : 1));
    if (!source.empty()) source.remove_suffix(1);
    out.raw = node(at).flag_a;
    out.text = source;
  }

  void measure(NodeId at, Expr& out) const {
    const std::string_view source = text_of(at);
    const std::size_t unit = source.find_first_not_of("0123456789_");
    out.number = read_integer(source.substr(0, unit));
    out.text = unit == std::string_view::npos ? std::string_view{} : source.substr(unit);
  }

  static Expr::Kind kind_of(NodeKind kind) {
    using K = Expr::Kind;
    switch (kind) {
      case NodeKind::or_expr:
        return K::or_;
      case NodeKind::and_expr:
        return K::and_;
      case NodeKind::not_expr:
        return K::not_;
      case NodeKind::exists_expr:
        return K::exists;
      case NodeKind::comparison:
        return K::comparison;
      case NodeKind::range:
        return K::range;
      case NodeKind::fallback:
        return K::fallback;
      case NodeKind::index:
        return K::index;
      case NodeKind::choose:
        return K::choose;
      case NodeKind::choice:
        return K::choice;
      case NodeKind::otherwise:
        return K::otherwise;
      case NodeKind::score:
        return K::score;
      case NodeKind::score_term:
        return K::term;
      case NodeKind::rate:
        return K::rate;
      case NodeKind::measure:
        return K::measure;
      case NodeKind::integer:
        return K::integer;
      case NodeKind::string:
        return K::string;
      case NodeKind::regex:
        return K::regex;
      case NodeKind::list_literal:
        return K::list;
      case NodeKind::call:
        return K::call;
      case NodeKind::path:
        return K::path;
      case NodeKind::paren:
        return K::paren;
      default:
        return K::error;
    }
  }
};

/// Template text writes a backslash as `\\`: template readers know it, so a literal one goes through doubled.
void append_piece(const Expr& piece, bool for_template, std::string& out) {
  if (for_template && !piece.escaped && piece.text == "\\") {
    out += "\\\\";
    return;
  }
  out += piece.text;
}

}  // namespace

bool Expr::is_plain_string() const {
  if (kind != Kind::string) return false;
  for (const Expr& part : children) {
    if (part.kind != Kind::piece) return false;
  }
  return true;
}

std::string Expr::plain_text(bool for_template) const {
  if (children.empty()) return text;
  std::string out;
  for (const Expr& part : children) append_piece(part, for_template, out);
  return out;
}

Span Expr::place_in_text(std::size_t begin, std::size_t end, bool for_template) const {
  if (kind == Kind::regex) {
    const std::uint32_t base = span.begin + (raw ? 2 : 1);
    return {span.file, base + static_cast<std::uint32_t>(begin), base + static_cast<std::uint32_t>(end)};
  }
  const std::uint32_t quote = raw ? 3 : 1;
  if (children.empty()) {
    const std::uint32_t base = span.begin + quote;
    return {span.file, base + static_cast<std::uint32_t>(begin), base + static_cast<std::uint32_t>(end)};
  }
  Span out{span.file, span.end - quote, span.end - quote};
  std::size_t at = 0;
  bool begun = false;
  for (const Expr& part : children) {
    std::string piece;
    append_piece(part, for_template, piece);
    const bool exact = part.span.end - part.span.begin == piece.size();
    if (!begun && begin < at + piece.size()) {
      out.begin = part.span.begin + (exact ? static_cast<std::uint32_t>(begin - at) : 0);
      begun = true;
    }
    if (end <= at + piece.size()) {
      out.end = exact ? part.span.begin + static_cast<std::uint32_t>(end - at) : part.span.end;
      break;
    }
    at += piece.size();
  }
  if (out.end < out.begin) out.end = out.begin;
  return out;
}

File build(const SyntaxTree& tree, std::string_view text) { return Builder(tree, text).file(); }

}  // namespace sprx::ast
