#include <functional>
#include <gtest/gtest.h>

#include "compiler/table/written_template.h"

namespace sprx {
namespace {

using Token = TemplateToken;

Template read(std::string_view text, TemplateKind kind = TemplateKind::path) {
  TemplateResult result = parse_template(text, kind);
  EXPECT_TRUE(result.value.has_value()) << text << ": " << (result.errors.empty() ? "" : result.errors[0].message);
  return result.value.value_or(Template{});
}

/// `name=text name=text`, or `no`.
std::string matched(const Template& pattern, std::string_view value, bool nocase = false) {
  std::vector<std::string_view> captures(pattern.names.size());
  if (!match(pattern, value, nocase, captures)) return "no";
  std::string out;
  for (std::size_t i = 0; i < captures.size(); ++i) {
    out += (i == 0 ? "" : " ") + pattern.names[i] + "=" + std::string(captures[i]);
  }
  return out;
}
std::string path(std::string_view text, std::string_view value) { return matched(read(text), value); }
std::string host(std::string_view text, std::string_view value) {
  return matched(read(text, TemplateKind::host), value);
}

/// `begin-end: message; help` of each mistake.
std::string mistakes(std::string_view text, TemplateKind kind = TemplateKind::path) {
  std::string out;
  for (const TemplateError& error : parse_template(text, kind).errors) {
    if (!out.empty()) out += '\n';
    out += std::to_string(error.begin) + "-" + std::to_string(error.end) + ": " + error.message;
    if (!error.help.empty()) out += "; " + error.help;
  }
  return out;
}
std::string host_mistakes(std::string_view text) { return mistakes(text, TemplateKind::host); }

TEST(Template, captures_segments_and_parts_of_segments) {
  EXPECT_EQ(path("/blog/{year}/{slug}", "/blog/2019/hello"), "year=2019 slug=hello");
  EXPECT_EQ(path("/blog/{year}/{slug}", "/blog/2019/"), "no");
  EXPECT_EQ(path("/blog/{year}/{slug}", "/blog/2019/a/b"), "no");
  EXPECT_EQ(path("/obo/GO_{id}", "/obo/GO_0001"), "id=0001");
  EXPECT_EQ(path("/{a}-{b}.html", "/x-y-z.html"), "a=x-y b=z");
  EXPECT_EQ(path("/{file}.{ext}", "/a.tar.gz"), "file=a.tar ext=gz");
}

TEST(Template, takes_one_of_its_alternatives_in_their_order) {
  EXPECT_EQ(path("/{lang:en|de}/x", "/de/x"), "lang=de");
  EXPECT_EQ(path("/{lang:en|de}/x", "/fr/x"), "no");
  EXPECT_EQ(path("/{a:x|xy}z*", "/xyz"), "a=xy");
  EXPECT_EQ(path("/{a:x|xy}*", "/xyz"), "a=x");
  EXPECT_EQ(path("/{a:b/c|d}/e", "/b/c/e"), "a=b/c");
}

TEST(Template, takes_the_rest_at_the_end_of_a_path_and_at_the_start_of_a_host) {
  EXPECT_EQ(path("/docs/{rest...}", "/docs/a/b"), "rest=a/b");
  EXPECT_EQ(path("/docs/{rest...}", "/docs/"), "rest=");
  EXPECT_EQ(path("/docs/{rest...}", "/docs"), "no");
  EXPECT_EQ(path("/docs/v{rest...}", "/docs/v1/x"), "rest=1/x");
  EXPECT_EQ(path("/docs[/{rest...}]", "/docs"), "rest=");
  EXPECT_EQ(path("/docs[/{rest...}]", "/docs/a"), "rest=a");
  EXPECT_EQ(host("{sub...}.x.org", "a.b.x.org"), "sub=a.b");
  EXPECT_EQ(host("[{_...}.]x.org", "x.org"), "");
  EXPECT_EQ(host("[{_...}.]x.org", "a.b.x.org"), "");
  EXPECT_EQ(host("[{_...}.]x.org", "evilx.org"), "no");
}

TEST(Template, matches_any_run_across_separators) {
  EXPECT_EQ(path("/a/*/z", "/a/b/c/z"), "");
  EXPECT_EQ(path("/a*", "/a"), "");
  EXPECT_EQ(path("*.php", "/x/y.php"), "");
  EXPECT_EQ(path("*.php", "/x/y.phps"), "no");
  EXPECT_EQ(host("*.x.org", "a.b.x.org"), "");
  EXPECT_EQ(host("*.x.org", "x.org"), "no");
  EXPECT_EQ(path("/{a}*{b}", "/xyz"), "a=xy b=z");
}

TEST(Template, tries_optional_parts_with_before_without) {
  EXPECT_EQ(path("/blog/{slug}[/]", "/blog/x/"), "slug=x");
  EXPECT_EQ(path("/blog/{slug}[/]", "/blog/x"), "slug=x");
  EXPECT_EQ(path("[/{lang:en|de}]/x", "/x"), "lang=");
  EXPECT_EQ(path("[/{lang:en|de}]/x", "/de/x"), "lang=de");
  EXPECT_EQ(path("/a[b[c]]d", "/abcd"), "");
  EXPECT_EQ(path("/a[b[c]]d", "/abd"), "");
  EXPECT_EQ(path("/a[b[c]]d", "/ad"), "");
  EXPECT_EQ(path("/a[b[c]]d", "/acd"), "no");
  // The optional part is entered, fails, and leaves no capture behind.
  EXPECT_EQ(path("/x[/{a}]/end", "/x/end"), "a=");
}

TEST(Template, escapes_its_own_signs) {
  EXPECT_EQ(path("/\\{a\\}/\\[b\\]/\\*", "/{a}/[b]/*"), "");
  EXPECT_EQ(path("/a\\b", "/a\\b"), "");
  EXPECT_EQ(path("\\*", "*"), "");
  EXPECT_TRUE(read("/a\\*b").is_literal());
}

TEST(Template, makes_its_text_canonical) {
  EXPECT_EQ(path("/%7Euser/{x}", "/~user/a"), "x=a");
  EXPECT_EQ(path("/a b/{x}", "/a b/c"), "x=c");
  EXPECT_EQ(path("/a%2fb/{x}", "/a%2Fb/c"), "x=c");
  EXPECT_EQ(read("//a/./b/../c").tokens[0].text, "/a/c");  // as a row of data
  EXPECT_EQ(parse_written_template("/a%2E//b", TemplateKind::path).errors.size(), 1U);
  EXPECT_EQ(parse_written_template("/a/%2e%2E/b", TemplateKind::path).errors.size(), 1U);
  EXPECT_TRUE(parse_written_template("/a%2Eb/%2f.", TemplateKind::path).errors.empty());
  EXPECT_EQ(host("WWW.{x}.Org", "www.a.org"), "x=a");
  EXPECT_EQ(host("{x}.b\xC3\xBC"
                 "cher.de",
                 "www.xn--bcher-kva.de"),
            "x=www");
  EXPECT_EQ(host("[{_...}.]b\xC3\xBC"
                 "cher.de",
                 "xn--bcher-kva.de"),
            "");
  EXPECT_EQ(host("{tld:b\xC3\xBC"
                 "cher|x}.de",
                 "xn--bcher-kva.de"),
            "tld=xn--bcher-kva");
}

TEST(Template, folds_ascii_when_asked) {
  const Template pattern = read("/Blog/{lang:EN|de}/{x}");
  EXPECT_EQ(matched(pattern, "/bLOG/en/Y", true), "lang=en x=Y");
  EXPECT_EQ(matched(pattern, "/bLOG/en/Y", false), "no");
}

TEST(Template, knows_its_fixed_part) {
  EXPECT_EQ(read("/blog/{x}").fixed_part(), "/blog/");
  EXPECT_EQ(read("*.php").fixed_part(), "");
  EXPECT_EQ(read("*.x.org", TemplateKind::host).fixed_part(), ".x.org");
  EXPECT_EQ(read("www.*", TemplateKind::host).fixed_part(), "");
  EXPECT_FALSE(read("/blog/{x}").is_literal());
}

TEST(TemplateError, names_brackets_that_do_not_match) {
  EXPECT_EQ(mistakes("/a/{b"), "3-4: unclosed `{` in a template; a literal `{` is written `\\{`");
  EXPECT_EQ(mistakes("/a/{b/{c}"), "3-4: unclosed `{` in a template; a literal `{` is written `\\{`");
  EXPECT_EQ(mistakes("/a/b}"), "4-5: `}` that closes nothing in a template; a literal `}` is written `%7D`");
  EXPECT_EQ(mistakes("/a[b"), "2-3: unclosed `[` in a template; a literal `[` is written `\\[`");
  EXPECT_EQ(mistakes("/a]b"), "2-3: `]` that closes nothing in a template; a literal `]` is written `%5D`");
  EXPECT_EQ(mistakes("/a[]b"), "2-4: empty `[]` in a template; a literal `[` is written `\\[`");
}

TEST(TemplateError, names_captures_that_cannot_be) {
  EXPECT_EQ(mistakes("/{a}{b}"), "4-7: two captures with nothing between them; nothing says where the first would end");
  EXPECT_EQ(mistakes("/{a}[{b}]"),
            "5-8: two captures with nothing between them; nothing says where the first would end");
  EXPECT_EQ(mistakes("/{a}/{a}"), "6-7: two captures are named `a`; `{_}` matches without capturing");
  EXPECT_EQ(mistakes("/{_}/{_}"), "");
  EXPECT_EQ(mistakes("/{}"), "1-3: a capture without a name; `{_}` matches without capturing");
  EXPECT_EQ(mistakes("/{1a}"),
            "2-4: `1a` is no name for a capture; a name has letters, digits and `_`, and does not begin with a digit");
  EXPECT_EQ(mistakes("/{a?}"),
            "2-4: `a?` is no name for a capture; `[…]` is an optional part, `{name...}` takes the rest, `*` any run");
  EXPECT_EQ(
      mistakes("/{id:[0-9]+}"),
      "5-6: `[` among the alternatives of a capture; `{name:a|b}` lists plain texts; for a pattern write `{name}` "
      "and `name matches r\"…\"`");
  EXPECT_EQ(mistakes("/{a:b||c}"), "5-6: an empty alternative in a template; an optional part is written `[…]`");
  EXPECT_EQ(mistakes("/a/${b}"),
            "3-5: `${` in a template: nothing is interpolated here; a capture is written `{name}`");
}

TEST(TemplateError, names_runs_and_rests_out_of_place) {
  EXPECT_EQ(mistakes("/a/**"), "3-5: `**` in a template; `*` already matches across `/`: write `*`");
  EXPECT_EQ(host_mistakes("**.x.org"), "0-2: `**` in a template; `*` already matches across `.`: write `*`");
  EXPECT_EQ(mistakes("/{a...}/b"),
            "1-7: `{name...}` before the end of a path template; with something behind it this is a pattern: "
            "`path matches r\"^/(?P<a>.*)/b$\"`");
  EXPECT_EQ(host_mistakes("www.{a...}"),
            "4-10: `{name...}` after the start of a host template; at the end of a host `*` matches any run, with a "
            "name `host matches r\"^www\\.(?<a>.*)$\"`");
}

TEST(TemplateError, names_text_that_no_canonical_path_holds) {
  const std::string slashes =
      ": `//` in a template can never match; runs of `/` in a request's path are merged: write one `/`";
  EXPECT_EQ(mistakes("*//*"), "1-3" + slashes);
  EXPECT_EQ(mistakes("/a//{b}"), "2-4" + slashes);
  EXPECT_EQ(mistakes("/a/[/b]"), "2-5" + slashes);
  EXPECT_EQ(mistakes("/[id]/x"),
            "0-6: `//` in a template can never match; without the optional part `//` is left: the `/` belongs into the "
            "brackets, and a part with a name is `{name}`");
  const std::string dots =
      "` in a template can never match; `.` and `..` in a request's path are resolved before any rule sees it";
  EXPECT_EQ(mistakes("/{a}/../b"), "5-7: a segment `.." + dots);
  EXPECT_EQ(mistakes("/{a}/%2e/b"), "5-6: a segment `." + dots);
  EXPECT_EQ(mistakes("/{a}/.."), "5-7: a segment `.." + dots);
  EXPECT_EQ(mistakes("/.{a}"), "");
  EXPECT_EQ(mistakes("/a%zz{b}"), "2-3: `%` without two hexadecimal digits in a path; a literal `%` is written `%25`");
  EXPECT_EQ(mistakes("/a%"), "2-3: `%` without two hexadecimal digits in a path; a literal `%` is written `%25`");
  EXPECT_EQ(mistakes("/\\*%00"), "3-6: `%00` in a path; such a request is refused with 400 before any rule");
}

TEST(TemplateError, wants_a_path_to_begin_with_a_slash) {
  EXPECT_EQ(mistakes("a/{b}"), "0-1: a path template that does not begin with `/`; every path begins with `/`");
  EXPECT_EQ(mistakes("{a}/b"), "0-1: a path template that does not begin with `/`; every path begins with `/`");
  EXPECT_EQ(mistakes("[/a]"), "0-4: a template that can be empty; every path begins with `/`");
  EXPECT_EQ(mistakes("a"), "0-1: a path template that does not begin with `/`; every path begins with `/`");
  EXPECT_EQ(mistakes(""), "0-0: an empty template; every path begins with `/`");
}

TEST(TemplateError, names_text_that_no_host_holds) {
  EXPECT_EQ(host_mistakes("x.org:80"), "5-6: `:` in a host template; `host` has no port: compare `port == 80`");
  EXPECT_EQ(host_mistakes("*.x.org/a"),
            "7-8: `/` in a host template; `host` has no path: compare `path` with a template of its own");
  EXPECT_EQ(host_mistakes("a b.*"), "1-2: ` ` in a host template; a host name has letters, digits, `-`, `_` and `.`");
  EXPECT_EQ(host_mistakes(".x.org"),
            "0-1: a host template that begins with `.` can never match; `[{_...}.]x.org` is the host and all below it, "
            "`*.x.org` only what is below");
  EXPECT_EQ(host_mistakes("*.x."),
            "3-4: a host template that ends with `.` can never match; `host` has no trailing dot");
  EXPECT_EQ(host_mistakes("*..org"), "1-3: `..` in a host template can never match; no label is empty");
  EXPECT_EQ(
      host_mistakes("{x}b\xC3\xBC.de"),
      "3-6: `b\xC3\xBC` shares its label with a capture or `*`, so it cannot be turned into an A-label; write the "
      "label whole, or in its `xn--` form");
}

TEST(TemplateError, reports_every_mistake_of_a_template) {
  EXPECT_EQ(mistakes("/{1}/**/}"),
            "2-3: `1` is no name for a capture; a name has letters, digits and `_`, and does not begin with a digit\n"
            "5-7: `**` in a template; `*` already matches across `/`: write `*`\n"
            "8-9: `}` that closes nothing in a template; a literal `}` is written `%7D`");
}

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

TEST(TemplateLimits, are_kept_at_the_limit_and_refused_past_it) {
  EXPECT_EQ(mistakes("/a" + repeated("[b]", kMaxTemplateOptionals)), "");
  EXPECT_EQ(mistakes("/a" + repeated("[b]", kMaxTemplateOptionals + 1)),
            "14-15: more than 4 optional parts in a template; write two rules, or a pattern after `matches`");
  const auto captures = [](std::size_t count) {
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += "/{c" + std::to_string(i) + "}";
    return out;
  };
  EXPECT_EQ(mistakes(captures(kMaxTemplateCaptures)), "");
  EXPECT_EQ(mistakes(captures(kMaxTemplateCaptures + 1)),
            "88-91: more than 16 captures in a template; `{_}` matches without capturing");
  EXPECT_EQ(mistakes(repeated("/*", kMaxTemplateTokens / 2)), "");
  EXPECT_EQ(mistakes(repeated("/*", kMaxTemplateTokens / 2) + "/"),
            "0-129: more than 128 parts in a template; write it as a pattern after `matches`");
  EXPECT_NE(mistakes(repeated("/*", 100'000)), "");
  EXPECT_NE(mistakes("/" + repeated("[", 100'000)), "");
}

/// The meaning of a template written as plainly as can be; exponential.
bool reference(const Template& pattern, std::size_t token, std::string_view value, std::size_t place,
               std::vector<std::string>& captures) {
  if (token == pattern.tokens.size()) return place == value.size();
  const Token& now = pattern.tokens[token];
  const char separator = pattern.kind == TemplateKind::path ? '/' : '.';
  const auto take = [&](std::size_t length, std::size_t next) {
    const std::vector<std::string> before = captures;
    if (now.capture >= 0) captures[static_cast<std::size_t>(now.capture)] = value.substr(place, length);
    if (reference(pattern, next, value, place + length, captures)) return true;
    captures = before;
    return false;
  };
  switch (now.kind) {
    case Token::Kind::literal:
      return value.substr(place, now.text.size()) == now.text && take(now.text.size(), token + 1);
    case Token::Kind::close:
      return take(0, token + 1);
    case Token::Kind::open:
      return take(0, token + 1) || take(0, now.jump + 1U);
    case Token::Kind::one_of:
      for (const std::string& text : now.alternatives) {
        if (value.substr(place, text.size()) == text && take(text.size(), token + 1)) return true;
      }
      return false;
    case Token::Kind::segment:
    case Token::Kind::rest:
    case Token::Kind::run:
      break;
  }
  const bool segment = now.kind == Token::Kind::segment;
  std::size_t most = value.size() - place;
  if (segment) most = std::min(value.find(separator, place), value.size()) - place;
  for (std::size_t length = most + 1; length-- > (segment ? 1U : 0U);) {
    if (take(length, token + 1)) return true;
  }
  return false;
}

std::string by_reference(const Template& pattern, std::string_view value) {
  std::vector<std::string> captures(pattern.names.size());
  if (!reference(pattern, 0, value, 0, captures)) return "no";
  std::string out;
  for (std::size_t i = 0; i < captures.size(); ++i) out += (i == 0 ? "" : " ") + pattern.names[i] + "=" + captures[i];
  return out;
}

void for_all_values(std::string_view alphabet, std::size_t most, const std::function<void(const std::string&)>& check) {
  std::vector<std::string> level{""};
  for (std::size_t length = 0; length <= most; ++length) {
    std::vector<std::string> next;
    for (const std::string& value : level) {
      check(value);
      for (const char c : alphabet) next.push_back(value + c);
    }
    level = std::move(next);
  }
}

TEST(TemplateMatch, agrees_with_the_plain_meaning_on_every_short_template_and_value) {
  const std::vector<std::string> pieces = {"a", "/", "{x}", "*", "{y:a|ab|b/}", "[a", "]", "{z...}"};
  std::size_t templates = 0;
  std::vector<std::string> level{"/"};
  for (int length = 0; length <= 4; ++length) {
    std::vector<std::string> next;
    for (const std::string& text : level) {
      const TemplateResult result = parse_template(text, TemplateKind::path);
      if (result.value && !result.value->is_literal()) {
        ++templates;
        for_all_values("ab/", length <= 3 ? 5 : 3, [&](const std::string& tail) {
          ASSERT_EQ(matched(*result.value, "/" + tail), by_reference(*result.value, "/" + tail))
              << text << " on /" << tail;
        });
        if (HasFatalFailure()) return;
      }
      for (const std::string& piece : pieces) next.push_back(text + piece);
    }
    level = std::move(next);
  }
  EXPECT_GT(templates, 400U);
}

TEST(TemplateMatch, agrees_with_the_plain_meaning_once_it_remembers) {
  // Long enough runs of equal characters to pass the budget, short enough for the reference.
  for (const std::string_view text : {"/*a*a*b*a*", "/{x}a{y}a{z}b[/{w}a{v}b]", "/*[a{x}]b*[b]a{y}b*",
                                      "/{p:a|aa}*{q:a|aa}*b*a", "/*a{x}a{y}a*b[/*a*]", "/{x}/*/{y}/*/b"}) {
    const Template pattern = read(text);
    for (const std::string_view tail : {"", "b", "ba", "/aab", "bb/ab", "/a/a/b"}) {
      for (const std::size_t length : {5U, 20U, 40U}) {
        const std::string value = "/" + std::string(length, 'a') + std::string(tail);
        EXPECT_EQ(matched(pattern, value), by_reference(pattern, value)) << text << " on " << value;
      }
    }
  }
}

TEST(TemplateMatch, takes_steps_in_proportion_to_template_and_value_whatever_they_are) {
  struct Case {
    std::string text;
    std::string unit;
    std::string tail;
  };
  const Case cases[] = {{"/" + repeated("*a", 30) + "b", "a", ""},
                        {"/" + repeated("{_}a", 30) + "b", "a", ""},
                        {repeated("/*", 60) + "b", "/a", ""},
                        {repeated("/{_}*", 30) + "b", "/a", ""},
                        {"/" + repeated("{_:a|aa|aaa}*", 30) + "b", "a", ""},
                        {"/*[a*][a*][a*][a*]b", "a", ""},
                        {"/*{_}-{_}-{_}-{_}-{_}b", "a-", "/"}};
  for (const Case& each : cases) {
    const Template pattern = read(each.text);
    std::size_t weight = 0;
    for (const Token& token : pattern.tokens) weight += 1 + token.alternatives.size();
    for (const std::size_t length : {100U, 1000U, 4000U, 16000U}) {
      const std::string value = "/" + repeated(each.unit, length / each.unit.size()) + each.tail;
      std::uint64_t steps = 0;
      std::vector<std::string_view> captures(pattern.names.size());
      EXPECT_FALSE(match(pattern, value, false, captures, steps));
      EXPECT_LE(steps, 4 * weight * (value.size() + 2) + 600) << each.text.substr(0, 40) << " at " << value.size();
    }
  }
}

TEST(TemplateMatch, gives_views_into_the_value) {
  const Template pattern = read("/{a}[/{b}]");
  const std::string value = "/xyz";
  std::vector<std::string_view> captures(2);
  ASSERT_TRUE(match(pattern, value, false, captures));
  EXPECT_EQ(captures[0].data(), value.data() + 1);
  EXPECT_EQ(captures[1], "");
}

}  // namespace
}  // namespace sprx
