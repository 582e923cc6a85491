#include <algorithm>
#include <fmt/format.h>

#include "compiler/table/canonical.h"
#include "compiler/table/template_reader.h"
#include "compiler/table/utf8.h"

namespace sprx::templates {
namespace {

bool is_name(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (text.empty() || !letter(text[0])) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

}  // namespace

void TemplateReader::add(Token::Kind kind, std::size_t begin, std::size_t end) {
  Part part;
  part.token.kind = kind;
  part.begin = begin;
  part.end = end;
  parts_.push_back(std::move(part));
}

/// Adds the byte at `at`, written from `from` on, to the literal that is being read.
void TemplateReader::add_text(std::size_t at, std::size_t from) {
  if (parts_.empty() || parts_.back().token.kind != Token::Kind::literal) add(Token::Kind::literal, from, from);
  Part& part = parts_.back();
  part.token.text += text_[at];
  part.origins.push_back(from);
  part.end = at + 1;
}

void TemplateReader::read_parts() {
  while (at_ < text_.size() && parts_.size() <= kMaxTemplateTokens) {
    if (text_[at_] == '\\' && at_ + 1 < text_.size() && std::string_view("{}[]*").find(text_[at_ + 1]) < 5) {
      add_text(at_ + 1, at_);
      at_ += 2;
    } else if (!read_special()) {
      add_text(at_, at_);
      ++at_;
    }
  }
  if (parts_.size() > kMaxTemplateTokens) open_.clear();  // what would close them was not read
  for (const std::size_t i : open_) {
    error(parts_[i].begin, parts_[i].end, "unclosed `[` in a template", "a literal `[` is written `\\[`");
  }
}

/// Reads what is not plain text; false if plain text stands here.
bool TemplateReader::read_special() {
  const std::size_t begin = at_;
  switch (text_[at_]) {
    case '$':
      if (text_.substr(at_, 2) != "${") return false;
      error(begin, begin + 2, "`${` in a template: nothing is interpolated here", "a capture is written `{name}`");
      add_text(at_, at_);
      ++at_;
      return true;
    case '{':
      read_capture();
      return true;
    case '}':
      error(begin, begin + 1, "`}` that closes nothing in a template", path() ? "a literal `}` is written `%7D`" : "");
      break;
    case '[':
      open_.push_back(parts_.size());
      add(Token::Kind::open, begin, begin + 1);
      if (++optionals_ > kMaxTemplateOptionals) {
        error(begin, begin + 1, fmt::format("more than {} optional parts in a template", kMaxTemplateOptionals),
              "write two rules, or a pattern after `matches`");
      }
      break;
    case ']':
      read_close();
      break;
    case '*':
      while (at_ + 1 < text_.size() && text_[at_ + 1] == '*') ++at_;
      if (at_ > begin) {
        error(begin, at_ + 1, "`**` in a template",
              fmt::format("`*` already matches across `{}`: write `*`", path() ? '/' : '.'));
      }
      add(Token::Kind::run, begin, at_ + 1);
      break;
    default:
      return false;
  }
  ++at_;
  return true;
}

void TemplateReader::read_close() {
  if (open_.empty()) {
    error(at_, at_ + 1, "`]` that closes nothing in a template", path() ? "a literal `]` is written `%5D`" : "");
    return;
  }
  const std::size_t open = open_.back();
  open_.pop_back();
  if (open + 1 == parts_.size())
    error(parts_[open].begin, at_ + 1, "empty `[]` in a template", "a literal `[` is written `\\[`");
  parts_[open].token.jump = static_cast<std::uint16_t>(std::min<std::size_t>(parts_.size(), 0xFFFF));
  add(Token::Kind::close, at_, at_ + 1);
}

void TemplateReader::read_capture() {
  const std::size_t begin = at_;
  std::size_t end = begin + 1;
  while (end < text_.size() && text_[end] != '}' && text_[end] != '{') {
    end += text_[end] == '\\' && end + 1 < text_.size() ? 2 : 1;
  }
  if (end >= text_.size() || text_[end] == '{') {
    error(begin, begin + 1, "unclosed `{` in a template", "a literal `{` is written `\\{`");
    // What follows may be meant as anything: no second error from it.
    at_ = text_.size();
    open_.clear();
    return;
  }
  at_ = end + 1;
  read_capture_body(begin + 1, end);
}

void TemplateReader::read_capture_body(std::size_t begin, std::size_t end) {
  std::string_view name = text_.substr(begin, end - begin);
  const std::size_t colon = name.find(':');
  Part part;
  part.begin = begin - 1;
  part.end = end + 1;
  part.token.kind = Token::Kind::segment;
  if (colon != std::string_view::npos) {
    part.token.kind = Token::Kind::one_of;
    read_alternatives(begin + colon + 1, end, part.token);
    name = name.substr(0, colon);
  } else if (name.size() >= 3 && name.substr(name.size() - 3) == "...") {
    part.token.kind = Token::Kind::rest;
    name.remove_suffix(3);
  }
  name_capture(name, begin, part.token);
  parts_.push_back(std::move(part));
}

namespace {

/// `rest` of `*rest` and `...rest`.
std::string_view without_dots(std::string_view name) {
  return name.starts_with("...") ? name.substr(3) : name.starts_with('*') ? name.substr(1) : std::string_view{};
}

}  // namespace

void TemplateReader::name_capture(std::string_view name, std::size_t begin, Token& token) {
  if (name == "_") return;
  if (name.empty()) {
    error(begin - 1, begin + 1, "a capture without a name", "`{_}` matches without capturing");
    return;
  }
  if (!is_name(name)) {
    const char last = name.back();
    error(begin, begin + name.size(), fmt::format("`{}` is no name for a capture", name),
          last == '*' && name.size() > 2 && is_name(name.substr(0, name.size() - 2)) && name[name.size() - 2] == '.'
              ? fmt::format("what is left of the path is `{{{}...}}`", name.substr(0, name.size() - 2))
          : is_name(without_dots(name)) ? fmt::format("what is left of the path is `{{{}...}}`", without_dots(name))
          : name.find('|') != std::string_view::npos && name.find_first_of("()[]*+") == std::string_view::npos
              ? fmt::format("one of several texts is `{{_:{}}}`", name)
          : last == '?' || last == '*' || last == '+'
              ? "`[…]` is an optional part, `{name...}` takes the rest, `*` any run"
              : "a name has letters, digits and `_`, and does not begin with a digit");
    return;
  }
  if (std::find(names_.begin(), names_.end(), name) != names_.end()) {
    error(begin, begin + name.size(), fmt::format("two captures are named `{}`", name),
          "`{_}` matches without capturing");
    return;
  }
  if (names_.size() == kMaxTemplateCaptures) {
    error(begin, begin + name.size(), fmt::format("more than {} captures in a template", kMaxTemplateCaptures),
          "`{_}` matches without capturing");
  }
  token.capture = static_cast<std::int16_t>(std::min<std::size_t>(names_.size(), 0x7FFF));
  names_.emplace_back(name);
}

void TemplateReader::read_alternatives(std::size_t begin, std::size_t end, Token& token) {
  std::string text;
  std::size_t start = begin;
  for (std::size_t at = begin; at <= end; ++at) {
    if (at == end || text_[at] == '|') {
      add_alternative(std::move(text), start, at, token);
      text.clear();
      start = at + 1;
    } else if (text_[at] == '\\' && at + 1 < end && std::string_view("{}[]*|").find(text_[at + 1]) < 6) {
      text += text_[++at];
    } else if (std::string_view("[]*").find(text_[at]) < 3) {
      error(at, at + 1, fmt::format("`{}` among the alternatives of a capture", text_[at]),
            "`{name:a|b}` lists plain texts; for a pattern write `{name}` and `name matches r\"…\"`");
      return;
    } else {
      text += text_[at];
    }
  }
}

void TemplateReader::add_alternative(std::string text, std::size_t begin, std::size_t end, Token& token) {
  if (text.empty()) {
    error(begin - 1, std::max(end, begin), "an empty alternative in a template", "an optional part is written `[…]`");
    return;
  }
  if (path()) {
    std::string out;
    std::size_t bad = 0;
    const PathError problem = canonical_path_fragment(text, out, bad);
    if (problem != PathError::none) {
      error(begin, end, problem == PathError::nul ? "`%00` in a path" : "`%` without two hexadecimal digits in a path",
            problem == PathError::nul ? "" : "a literal `%` is written `%25`");
      return;
    }
    text = std::move(out);
  } else if (!is_ascii(text)) {
    std::optional<std::string> labels = canonical_host_literal(text);
    if (!labels) {
      error(begin, end, fmt::format("`{}` cannot be part of a host name", text));
      return;
    }
    text = std::move(*labels);
  } else {
    std::transform(text.begin(), text.end(), text.begin(), fold);
    if (!check_host_text(text, std::vector<std::size_t>(text.size(), begin))) return;
  }
  token.alternatives.push_back(std::move(text));
}

}  // namespace sprx::templates
