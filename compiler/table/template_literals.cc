#include <algorithm>
#include <fmt/format.h>

#include "compiler/table/canonical.h"
#include "compiler/table/template_reader.h"
#include "compiler/table/utf8.h"

namespace sprx::templates {

bool TemplateReader::check_host_text(std::string_view text, const std::vector<std::size_t>& origins) {
  const bool address = text_.substr(0, 2) == "\\[";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    if (plain || (address && (c == '[' || c == ']' || c == ':'))) continue;
    error(origins[i], origins[i] + 1, fmt::format("`{}` in a host template", c),
          c == ':' ? "`host` has no port: compare `port" +
                         (port_of(text.substr(i)).empty() ? "" : " == " + port_of(text.substr(i))) + "`"
          : c == '/' ? "`host` has no path: compare `path` with a template of its own"
                     : "a host name has letters, digits, `-`, `_` and `.`");
    return false;
  }
  return true;
}

void TemplateReader::path_literal(Part& part) {
  std::string out;
  std::vector<std::size_t> from;
  std::size_t bad = 0;
  const PathError problem = canonical_path_fragment(part.token.text, out, bad, &from);
  if (problem == PathError::bad_percent) {
    error(part.origins[bad], part.origins[bad] + 1, "`%` without two hexadecimal digits in a path",
          "a literal `%` is written `%25`");
  } else if (problem == PathError::nul) {
    error(part.origins[bad], part.origins[bad] + (part.token.text[bad] == '%' ? 3 : 1), "`%00` in a path",
          "such a request is refused with 400 before any rule");
  } else {
    for (std::size_t& place : from) place = part.origins[place];
    part.origins = std::move(from);
    part.token.text = std::move(out);
  }
}

/// Whether the label at the front (or back) of literal `index` ends there in every way of taking the optional parts.
bool TemplateReader::edge_is_whole(std::size_t index, bool front) const {
  for (const auto& way : ways_) {
    const auto here = std::find(way.begin(), way.end(), index);
    if (here == way.end() || (front ? here == way.begin() : here + 1 == way.end())) continue;
    const Token& next = parts_[front ? *(here - 1) : *(here + 1)].token;
    if (next.kind != Token::Kind::literal || (front ? next.text.back() : next.text.front()) != '.') return false;
  }
  return true;
}

void TemplateReader::host_label(std::size_t index, std::size_t begin, std::size_t end, Part& out) {
  const Part& part = parts_[index];
  const std::string_view label = std::string_view(part.token.text).substr(begin, end - begin);
  const std::size_t place = begin < end ? part.origins[begin] : part.begin;
  if (is_ascii(label)) {
    for (std::size_t i = begin; i < end; ++i) {
      out.token.text += fold(part.token.text[i]);
      out.origins.push_back(part.origins[i]);
    }
    return;
  }
  const bool whole =
      (begin > 0 || edge_is_whole(index, true)) && (end < part.token.text.size() || edge_is_whole(index, false));
  const std::optional<std::string> ascii = whole ? canonical_host_literal(label) : std::nullopt;
  if (!ascii) {
    error(place, part.origins[end - 1] + 1,
          whole ? fmt::format("`{}` cannot be a label of a host name", label)
                : fmt::format("`{}` shares its label with a capture or `*`, so it cannot be turned into an A-label",
                              label),
          whole ? "" : "write the label whole, or in its `xn--` form");
    return;
  }
  out.token.text += *ascii;
  out.origins.resize(out.token.text.size(), place);
}

void TemplateReader::host_literal(std::size_t index) {
  Part out = parts_[index];
  out.token.text.clear();
  out.origins.clear();
  const std::string& text = parts_[index].token.text;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('.', begin), text.size());
    host_label(index, begin, end, out);
    if (end < text.size()) {
      out.token.text += '.';
      out.origins.push_back(parts_[index].origins[end]);
    }
    begin = end + 1;
  }
  if (check_host_text(out.token.text, out.origins)) parts_[index] = std::move(out);
}

void TemplateReader::make_literals_canonical() {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (parts_[i].token.kind != Token::Kind::literal) continue;
    if (path()) {
      path_literal(parts_[i]);
    } else {
      host_literal(i);
    }
  }
}

/// A template without tokens is a literal like any other: canonicalised as a whole. False if there is more to do.
bool TemplateReader::whole_literal() {
  if (parts_.size() != 1 || parts_[0].token.kind != Token::Kind::literal) return false;
  Part& part = parts_[0];
  if (path()) {
    std::string out;
    if (canonical_path_literal(part.token.text, out) != PathError::none) return false;
    std::string whole;
    std::size_t bad = 0;
    const bool merged = canonical_path_fragment(part.token.text, whole, bad) == PathError::none && whole != out;
    if (merged && !from_data_) return false;  // said like that of any other template
    part.token.text = std::move(out);
    return true;
  }
  std::optional<std::string> host = canonical_host_literal(part.token.text);
  if (!host) return false;
  part.token.text = std::move(*host);
  return true;
}

}  // namespace sprx::templates
