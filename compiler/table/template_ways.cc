#include <algorithm>
#include <fmt/format.h>

#include "compiler/table/canonical.h"
#include "compiler/table/template_reader.h"

namespace sprx::templates {

void TemplateReader::expand(std::size_t from, std::vector<std::size_t>& way) {
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

std::string TemplateReader::rest_as_pattern(const std::vector<std::size_t>& way, std::size_t i) const {
  std::string out = "^";
  for (std::size_t at = 0; at < way.size(); ++at) {
    const Token& token = parts_[way[at]].token;
    if (at == i) {
      if (token.capture < 0) return {};
      out += "(?P<" + names_[static_cast<std::size_t>(token.capture)] + (i == 0 ? ">/.*)" : ">.*)");
      continue;
    }
    if (token.kind != Token::Kind::literal) return {};
    for (const char c : token.text) {
      if (c == '"' || c == '\\') return {};
      if (std::string_view(".+*?()[]{}|^$").find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  constexpr std::size_t kLongest = 60;
  return out.size() < kLongest ? out + "$" : std::string{};
}

void TemplateReader::rest_inside(const std::vector<std::size_t>& way, std::size_t i) {
  const Part& part = parts_[way[i]];
  if (path()) {
    const Token& last = parts_[way.back()].token;
    const std::string pattern = rest_as_pattern(way, i);
    const bool slash = i + 2 == way.size() && last.kind == Token::Kind::literal && last.text == "/";
    return error(part.begin, part.end, "`{name...}` before the end of a path template",
                 slash              ? "what ends in `/` is a pattern: `path matches r\"^/(?P<name>.+)/$\"`"
                 : !pattern.empty() ? "with something behind it this is a pattern: `path matches r\"" + pattern + "\"`"
                                    : "in the middle `*` matches any run");
  }
  std::string help =
      i + 1 == way.size() ? "at the end of a host `*` matches any run" : "in the middle `*` matches any run";
  const Token& first = parts_[way[0]].token;
  if (i == 1 && way.size() == 2 && part.token.capture >= 0 && first.kind == Token::Kind::literal) {
    std::string pattern;
    for (const char c : first.text) pattern += c == '.' ? std::string("\\.") : std::string(1, c);
    const std::string& name = names_[static_cast<std::size_t>(part.token.capture)];
    help += ", with a name `host matches r\"^" + pattern + "(?<" + name + ">.*)$\"`";
  }
  error(part.begin, part.end, "`{name...}` after the start of a host template", std::move(help));
}

void TemplateReader::check_neighbours(const std::vector<std::size_t>& way) {
  const auto captures = [&](std::size_t i) {
    const Token::Kind kind = parts_[way[i]].token.kind;
    return kind == Token::Kind::segment || kind == Token::Kind::one_of || kind == Token::Kind::rest;
  };
  for (std::size_t i = 0; i < way.size(); ++i) {
    const Part& part = parts_[way[i]];
    if (part.token.kind == Token::Kind::rest && i != (path() ? way.size() - 1 : 0)) {
      rest_inside(way, i);
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

namespace {

/// What a template of paths was meant to be that begins with something else than `/`.
std::string path_start_meant(std::string_view text) {
  constexpr std::size_t kShown = 60;
  const auto plain = [](std::string_view part) {
    return part.find_first_of("{}[]()\\\"|$^") == std::string_view::npos;
  };
  if (text.starts_with("^/") && text.size() <= kShown)
    return fmt::format("a pattern stands after `matches`: `path matches r\"{}\"`", text);
  const std::size_t scheme = text.find("://");
  const std::size_t begin = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::size_t slash = text.find('/', begin);
  const std::string_view host = text.substr(begin, slash - begin);
  if (slash != std::string_view::npos && text.size() <= kShown && plain(host) &&
      host.find('*') == std::string_view::npos && host.find('.') != std::string_view::npos)
    return fmt::format("the host is asked apart: `host == \"{}\" and path like \"{}\"`", host, text.substr(slash));
  return "every path begins with `/`";
}

}  // namespace

void TemplateReader::check_path_start(const std::vector<std::size_t>& way) {
  const std::string help = path_start_meant(text_);
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

void TemplateReader::check_path_way(const std::vector<std::size_t>& way, const std::string& flat,
                                    const std::vector<std::size_t>& places) {
  if (flat == "*" && way.size() == 1) return;
  check_path_start(way);
  if (text_.find("://") < text_.find('/')) return;  // a whole URL, of which that has been said
  for (std::size_t begin = 0; begin <= flat.size();) {
    const std::size_t end = std::min(flat.find('/', begin), flat.size());
    const std::string_view segment = std::string_view(flat).substr(begin, end - begin);
    const std::size_t before = begin > 0 ? places[begin - 1] : 0;
    if (segment.empty() && begin > 0 && end < flat.size()) {
      error(before, places[end] + 1, "`//` in a template can never match",
            text_.substr(before, places[end] - before).find(']') != std::string_view::npos
                ? "without the optional part `//` is left: the `/` belongs into the brackets, and a part "
                  "with a name is `{name}`"
                : "runs of `/` in a request's path are merged: write one `/`");
    } else if ((segment == "." || segment == "..") && begin > 0) {
      error(places[begin], places[end - 1] + 1, fmt::format("a segment `{}` in a template can never match", segment),
            "`.` and `..` in a request's path are resolved before any rule sees it");
    }
    begin = end + 1;
  }
}

void TemplateReader::check_host_way(const std::string& flat, const std::vector<std::size_t>& places) {
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

void TemplateReader::check_way(const std::vector<std::size_t>& way) {
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

}  // namespace sprx::templates
