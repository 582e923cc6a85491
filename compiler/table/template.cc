// Reading templates. First the text becomes parts, each with the places it came from; then every way of taking or leaving
// the optional parts is written out flat (at most 16 ways) and checked as a whole, so that nothing is missed at a seam.
#include "compiler/table/template.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/table/canonical.h"
#include "compiler/table/utf8.h"

namespace sprx {
namespace {

using Token = TemplateToken;

/// Stands for text that is not known when a template is written out flat; no canonical text holds this byte.
constexpr char kUnknown = '\xFF';

/// Of one template at most so many mistakes are told.
constexpr std::size_t kMaxErrors = 16;

/// A token and where it is written.
struct Part {
  Token token;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::vector<std::size_t> origins;  ///< for a literal: the place of each byte of its text
};

bool is_name(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (text.empty() || !letter(text[0])) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

class Reader {
 public:
  Reader(std::string_view text, TemplateKind kind) : text_(text), kind_(kind) {}
  TemplateResult read();

 private:
  bool path() const { return kind_ == TemplateKind::path; }
  void error(std::size_t begin, std::size_t end, std::string message, std::string help = {});

  void read_parts();
  bool read_special();
  void read_capture();
  void read_capture_body(std::size_t begin, std::size_t end);
  void read_alternatives(std::size_t begin, std::size_t end, Token& token);
  void add_alternative(std::string text, std::size_t begin, std::size_t end, Token& token);
  void name_capture(std::string_view name, std::size_t begin, Token& token);
  void read_close();
  void add(Token::Kind kind, std::size_t begin, std::size_t end);
  void add_text(std::size_t at, std::size_t from);

  void check_limits();
  void make_literals_canonical();
  bool whole_literal();
  void path_literal(Part& part);
  void host_literal(std::size_t index);
  void host_label(std::size_t index, std::size_t begin, std::size_t end, Part& out);
  bool check_host_text(std::string_view text, const std::vector<std::size_t>& origins);
  bool edge_is_whole(std::size_t index, bool front) const;

  void expand(std::size_t from, std::vector<std::size_t>& way);
  void check_way(const std::vector<std::size_t>& way);
  void check_neighbours(const std::vector<std::size_t>& way);
  void check_path_way(const std::vector<std::size_t>& way, const std::string& flat,
                      const std::vector<std::size_t>& places);
  void check_host_way(const std::string& flat, const std::vector<std::size_t>& places);
  void check_path_start(const std::vector<std::size_t>& way);

  std::string_view text_;
  TemplateKind kind_;
  std::size_t at_ = 0;
  std::vector<Part> parts_;
  std::vector<std::size_t> open_;
  std::size_t optionals_ = 0;
  std::vector<std::string> names_;
  std::vector<std::vector<std::size_t>> ways_;
  std::vector<TemplateError> errors_;
};

void Reader::error(std::size_t begin, std::size_t end, std::string message, std::string help) {
  const auto same = [&](const TemplateError& e) { return e.begin == begin && e.message == message; };
  if (errors_.size() >= kMaxErrors || std::any_of(errors_.begin(), errors_.end(), same)) return;
  errors_.push_back({begin, end, std::move(message), std::move(help)});
}

// ---- text to parts

void Reader::add(Token::Kind kind, std::size_t begin, std::size_t end) {
  Part part;
  part.token.kind = kind;
  part.begin = begin;
  part.end = end;
  parts_.push_back(std::move(part));
}

/// Adds the byte at `at`, written from `from` on, to the literal that is being read.
void Reader::add_text(std::size_t at, std::size_t from) {
  if (parts_.empty() || parts_.back().token.kind != Token::Kind::literal) add(Token::Kind::literal, from, from);
  Part& part = parts_.back();
  part.token.text += text_[at];
  part.origins.push_back(from);
  part.end = at + 1;
}

void Reader::read_parts() {
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
bool Reader::read_special() {
  const std::size_t begin = at_;
  switch (text_[at_]) {
    case '$':
      if (text_.substr(at_, 2) != "${") return false;
      error(begin, begin + 2, "`${` in a template: nothing is interpolated here", "a capture is written `{name}`");
      add_text(at_, at_);
      ++at_;
      return true;
    case '{': read_capture(); return true;
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
    case ']': read_close(); break;
    case '*':
      while (at_ + 1 < text_.size() && text_[at_ + 1] == '*') ++at_;
      if (at_ > begin) {
        error(begin, at_ + 1, "`**` in a template", fmt::format("`*` already matches across `{}`: write `*`",
                                                                 path() ? '/' : '.'));
      }
      add(Token::Kind::run, begin, at_ + 1);
      break;
    default: return false;
  }
  ++at_;
  return true;
}

void Reader::read_close() {
  if (open_.empty()) {
    error(at_, at_ + 1, "`]` that closes nothing in a template", path() ? "a literal `]` is written `%5D`" : "");
    return;
  }
  const std::size_t open = open_.back();
  open_.pop_back();
  if (open + 1 == parts_.size()) error(parts_[open].begin, at_ + 1, "empty `[]` in a template", "a literal `[` is written `\\[`");
  parts_[open].token.jump = static_cast<std::uint16_t>(std::min<std::size_t>(parts_.size(), 0xFFFF));
  add(Token::Kind::close, at_, at_ + 1);
}

void Reader::read_capture() {
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

void Reader::read_capture_body(std::size_t begin, std::size_t end) {
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

void Reader::name_capture(std::string_view name, std::size_t begin, Token& token) {
  if (name == "_") return;
  if (name.empty()) {
    error(begin - 1, begin + 1, "a capture without a name", "`{_}` matches without capturing");
    return;
  }
  if (!is_name(name)) {
    const char last = name.back();
    error(begin, begin + name.size(), fmt::format("`{}` is no name for a capture", name),
          last == '?' || last == '*' || last == '+'
              ? "`[…]` is an optional part, `{name...}` takes the rest, `*` any run"
              : "a name has letters, digits and `_`, and does not begin with a digit");
    return;
  }
  if (std::find(names_.begin(), names_.end(), name) != names_.end()) {
    error(begin, begin + name.size(), fmt::format("two captures are named `{}`", name), "`{_}` matches without capturing");
    return;
  }
  if (names_.size() == kMaxTemplateCaptures) {
    error(begin, begin + name.size(), fmt::format("more than {} captures in a template", kMaxTemplateCaptures),
          "`{_}` matches without capturing");
  }
  token.capture = static_cast<std::int16_t>(std::min<std::size_t>(names_.size(), 0x7FFF));
  names_.emplace_back(name);
}

void Reader::read_alternatives(std::size_t begin, std::size_t end, Token& token) {
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

void Reader::add_alternative(std::string text, std::size_t begin, std::size_t end, Token& token) {
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

// ---- literals to canonical text

bool Reader::check_host_text(std::string_view text, const std::vector<std::size_t>& origins) {
  const bool address = text_.substr(0, 2) == "\\[";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    if (plain || (address && (c == '[' || c == ']' || c == ':'))) continue;
    error(origins[i], origins[i] + 1, fmt::format("`{}` in a host template", c),
          c == ':'   ? "`host` has no port: compare `port`"
          : c == '/' ? "`host` has no path: compare `path` with a template of its own"
                     : "a host name has letters, digits, `-`, `_` and `.`");
    return false;
  }
  return true;
}

void Reader::path_literal(Part& part) {
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
bool Reader::edge_is_whole(std::size_t index, bool front) const {
  for (const auto& way : ways_) {
    const auto here = std::find(way.begin(), way.end(), index);
    if (here == way.end() || (front ? here == way.begin() : here + 1 == way.end())) continue;
    const Token& next = parts_[front ? *(here - 1) : *(here + 1)].token;
    if (next.kind != Token::Kind::literal || (front ? next.text.back() : next.text.front()) != '.') return false;
  }
  return true;
}

void Reader::host_label(std::size_t index, std::size_t begin, std::size_t end, Part& out) {
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
  const bool whole = (begin > 0 || edge_is_whole(index, true)) &&
                     (end < part.token.text.size() || edge_is_whole(index, false));
  const std::optional<std::string> ascii = whole ? canonical_host_literal(label) : std::nullopt;
  if (!ascii) {
    error(place, part.origins[end - 1] + 1,
          whole ? fmt::format("`{}` cannot be a label of a host name", label)
                : fmt::format("`{}` shares its label with a capture or `*`, so it cannot be turned into an A-label", label),
          whole ? "" : "write the label whole, or in its `xn--` form");
    return;
  }
  out.token.text += *ascii;
  out.origins.resize(out.token.text.size(), place);
}

void Reader::host_literal(std::size_t index) {
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

void Reader::make_literals_canonical() {
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
bool Reader::whole_literal() {
  if (parts_.size() != 1 || parts_[0].token.kind != Token::Kind::literal) return false;
  Part& part = parts_[0];
  if (path()) {
    std::string out;
    if (canonical_path_literal(part.token.text, out) != PathError::none) return false;
    part.token.text = std::move(out);
    return true;
  }
  std::optional<std::string> host = canonical_host_literal(part.token.text);
  if (!host) return false;
  part.token.text = std::move(*host);
  return true;
}

// ---- the whole, in every way of taking or leaving the optional parts

void Reader::expand(std::size_t from, std::vector<std::size_t>& way) {
  for (std::size_t i = from; i < parts_.size(); ++i) {
    const Token& token = parts_[i].token;
    if (token.kind == Token::Kind::open) {
      const std::size_t kept = way.size();
      expand(i + 1, way);
      way.resize(kept);
      i = token.jump;
    } else if (token.kind != Token::Kind::close) {
      way.push_back(i);
    }
  }
  ways_.push_back(way);
}

void Reader::check_neighbours(const std::vector<std::size_t>& way) {
  const auto captures = [&](std::size_t i) {
    const Token::Kind kind = parts_[way[i]].token.kind;
    return kind == Token::Kind::segment || kind == Token::Kind::one_of || kind == Token::Kind::rest;
  };
  for (std::size_t i = 0; i < way.size(); ++i) {
    const Part& part = parts_[way[i]];
    if (part.token.kind == Token::Kind::rest && i != (path() ? way.size() - 1 : 0)) {
      error(part.begin, part.end, path() ? "`{name...}` before the end of a path template" : "`{name...}` after the start of a host template",
            "in the middle `*` matches any run");
    }
    if (i == 0) continue;
    const Part& before = parts_[way[i - 1]];
    if (captures(i) && captures(i - 1)) {
      error(part.begin, part.end, "two captures with nothing between them", "nothing says where the first would end");
    }
    if (part.token.kind == Token::Kind::run && before.token.kind == Token::Kind::run) {
      error(part.begin, part.end, "`*` directly after `*`", "one `*` already matches any run");
    }
  }
}

void Reader::check_path_start(const std::vector<std::size_t>& way) {
  const std::string help = "every path begins with `/`";
  if (way.empty()) {
    error(0, text_.size(), "a template that can be empty", help);
    return;
  }
  const Part& first = parts_[way[0]];
  const Token& token = first.token;
  bool good = token.kind == Token::Kind::rest || token.kind == Token::Kind::run;
  if (token.kind == Token::Kind::literal) good = token.text[0] == '/';
  if (token.kind == Token::Kind::one_of) {
    good = std::all_of(token.alternatives.begin(), token.alternatives.end(), [](const auto& t) { return t[0] == '/'; });
  }
  if (!good) error(first.begin, first.begin + 1, "a path template that does not begin with `/`", help);
}

void Reader::check_path_way(const std::vector<std::size_t>& way, const std::string& flat,
                            const std::vector<std::size_t>& places) {
  if (flat == "*" && way.size() == 1) return;
  check_path_start(way);
  for (std::size_t begin = 0; begin <= flat.size();) {
    const std::size_t end = std::min(flat.find('/', begin), flat.size());
    const std::string_view segment = std::string_view(flat).substr(begin, end - begin);
    const std::size_t before = begin > 0 ? places[begin - 1] : 0;
    if (segment.empty() && begin > 0 && end < flat.size()) {
      error(before, places[end] + 1, "`//` in a template can never match",
            "runs of `/` in a request's path are merged: write one `/`");
    } else if ((segment == "." || segment == "..") && begin > 0) {
      error(places[begin], places[end - 1] + 1, fmt::format("a segment `{}` in a template can never match", segment),
            "`.` and `..` in a request's path are resolved before any rule sees it");
    }
    begin = end + 1;
  }
}

void Reader::check_host_way(const std::string& flat, const std::vector<std::size_t>& places) {
  if (flat.empty()) {
    error(0, text_.size(), "a template that can be empty", "a host is never empty");
    return;
  }
  if (flat.front() == '.') {
    error(places[0], places[0] + 1, "a host template that begins with `.` can never match",
          "`[{_...}.]x.org` is the host and all below it, `*.x.org` only what is below");
  }
  if (flat.back() == '.' && flat.size() > 1) {
    error(places.back(), places.back() + 1, "a host template that ends with `.` can never match",
          "`host` has no trailing dot");
  }
  const std::size_t twice = flat.find("..");
  if (twice != std::string::npos) {
    error(places[twice], places[twice + 1] + 1, "`..` in a host template can never match", "no label is empty");
  }
}

void Reader::check_way(const std::vector<std::size_t>& way) {
  check_neighbours(way);
  std::string flat;
  std::vector<std::size_t> places;
  for (const std::size_t i : way) {
    const Part& part = parts_[i];
    if (part.token.kind == Token::Kind::literal) {
      flat += part.token.text;
      places.insert(places.end(), part.origins.begin(), part.origins.end());
    } else {
      flat += kUnknown;
      places.push_back(part.begin);
    }
  }
  if (path()) {
    check_path_way(way, flat, places);
  } else {
    check_host_way(flat, places);
  }
}

void Reader::check_limits() {
  if (parts_.size() > kMaxTemplateTokens) {
    error(0, text_.size(), fmt::format("more than {} parts in a template", kMaxTemplateTokens),
          "write it as a pattern after `matches`");
  }
}

TemplateResult Reader::read() {
  if (text_.empty()) error(0, 0, "an empty template", path() ? "every path begins with `/`" : "a host is never empty");
  read_parts();
  check_limits();
  if (errors_.empty() && !whole_literal()) {
    std::vector<std::size_t> way;
    expand(0, way);
    make_literals_canonical();
    if (errors_.empty()) {
      for (const auto& each : ways_) check_way(each);
    }
  }
  TemplateResult result;
  result.errors = std::move(errors_);
  if (!result.errors.empty()) return result;
  Template& made = result.value.emplace();
  made.kind = kind_;
  made.source = std::string(text_);
  made.names = std::move(names_);
  for (Part& part : parts_) made.tokens.push_back(std::move(part.token));
  return result;
}

}  // namespace

std::string_view Template::fixed_part() const {
  if (tokens.empty()) return {};
  const TemplateToken& token = kind == TemplateKind::path ? tokens.front() : tokens.back();
  return token.kind == TemplateToken::Kind::literal ? std::string_view(token.text) : std::string_view{};
}

bool Template::is_literal() const { return tokens.size() == 1 && tokens[0].kind == TemplateToken::Kind::literal; }

TemplateResult parse_template(std::string_view text, TemplateKind kind) { return Reader(text, kind).read(); }

}  // namespace sprx
