#include <charconv>

#include "compiler/tree_reader.h"

namespace sprx::ast {
namespace {

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
      const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
      if (code == 0 || code > 0x10FFFF || surrogate) return std::string(escape.substr(1));  // reported as well
      std::string text;
      append_utf8(code, text);
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
bool complete(const Expr& e) {
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

Expr::Kind kind_of(NodeKind kind) {
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

}  // namespace

Expr TreeReader::expr(NodeId at, int depth) {
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

void TreeReader::compound(NodeId at, Expr& out, int depth) {
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
void TreeReader::widen_operator(Expr& out, std::uint32_t left_end) const {
  if (!out.negated && !out.nocase) return;
  std::uint32_t begin = left_end;
  while (begin < out.word.begin &&
         (text_[begin] == ' ' || text_[begin] == '\t' || text_[begin] == '\n' || text_[begin] == '\r'))
    ++begin;
  const std::string_view between = text_.substr(begin, out.word.begin - begin);
  if (between.starts_with("not") || between.starts_with("nocase")) out.word.begin = begin;
}

void TreeReader::string(NodeId at, Expr& out, int depth) {
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

void TreeReader::regex(NodeId at, Expr& out) const {
  std::string_view source = text_of(at);
  out.nocase = node(at).flag_b;
  if (out.nocase && source.ends_with('i')) source.remove_suffix(1);
  source.remove_prefix(std::min<std::size_t>(source.size(), node(at).flag_a ? 2 : 1));
  if (!source.empty()) source.remove_suffix(1);
  out.raw = node(at).flag_a;
  out.text = source;
}

/// `-3 when condition`.
void TreeReader::term(NodeId at, Expr& out, int depth) {
  for (const NodeId kid : children(at)) {
    if (node(kid).kind == NodeKind::integer && out.children.empty()) {
      out.number = read_integer(text_of(kid));
      if (node(at).flag_a) out.number = -out.number;
      out.word = {tree_.file, node(at).begin, node(kid).end};
    } else {
      out.children.push_back(expr(kid, depth + 1));
    }
  }
  if (out.children.size() != 1 || !out.word.known()) out.kind = Expr::Kind::error;
}

void TreeReader::measure(NodeId at, Expr& out) const {
  const std::string_view source = text_of(at);
  const std::size_t unit = source.find_first_not_of("0123456789_");
  out.number = read_integer(source.substr(0, unit));
  out.text = unit == std::string_view::npos ? std::string_view{} : source.substr(unit);
}

}  // namespace sprx::ast
