// Tests in the language: `test NAME { … }` and what its statements share.
#include <algorithm>
#include <array>

#include "compiler/check_side.h"
#include "compiler/test_reader.h"
#include "compiler/words.h"

namespace sprx {
namespace {

std::string_view construct_of(TestPlace place) {
  constexpr std::string_view kNames[] = {"a test",         "a test's request", "a test's `upstream`",
                                         "an expectation", "`expect forward`", "an expected answer"};
  return kNames[static_cast<std::size_t>(place)];
}

std::string words_of(TestPlace place) {
  std::string out;
  for (const TestWordInfo& known : kTestWords) {
    if (known.place == place) out += (out.empty() ? "`" : " ") + std::string(known.name);
  }
  return out + "`";
}

std::size_t bytes_of(const std::vector<TestHeader>& headers) {
  std::size_t total = 0;
  for (const TestHeader& header : headers) total += header.name.size() + header.value.size();
  return total;
}

std::size_t bytes_of(const TestCase& made) {
  std::size_t total = made.name.size() + made.request.target.size() + made.request.authority.size() +
                      bytes_of(made.request.headers) + bytes_of(made.request.upstream_headers);
  for (const Expectation& expectation : made.expectations) {
    total += expectation.name.size() + expectation.value.size() + expectation.location.value_or("").size();
    for (const ExpectedPart& part : expectation.parts) total += part.name.size() + part.value.size();
  }
  return total;
}

}  // namespace

void Checker::tests(const std::vector<ast::Item>& items) {
  if (!note_places_) return;
  program_.tests.rule_names = program_.rule_names;  // without a test too: then none of them is covered
  const bool some = std::any_of(items.begin(), items.end(), [](const ast::Item& item) {
    return std::holds_alternative<ast::Test>(item.is) || std::holds_alternative<ast::Tests>(item.is);
  });
  if (!some) return;
  TestReader reader(*this);
  reader.errors_before = out_.has_errors();
  reader.learn_names(items, "");
  for (const Rule& rule : rules().of(Phase::request)) {
    const std::string_view name = pool().strings.view(rule.name);
    const std::size_t dot = name.rfind('.');
    if (dot != std::string_view::npos && reader.line_names.contains(std::string(name.substr(0, dot))))
      reader.known_lines.emplace(name);
  }
  reader.read(items);
}

void Checker::note_parts(ExprId condition, Span where) {
  noted_.parts.push_back({condition, where});
  const Expr& e = pool()[condition];
  if (e.op == Op::negate) return note_parts(ExprId{e.a}, where);
  if (e.op != Op::all && e.op != Op::any) return;
  for (const ExprId part : pool().list(e)) note_parts(part, where);
}

void Checker::TestReader::learn_names(const std::vector<ast::Item>& items, const std::string& prefix) {
  for (const ast::Item& item : items) {
    if (const auto* rule = std::get_if<ast::Rule>(&item.is)) {
      rule_names.insert(prefix + rule->name.text);
    } else if (const auto* lines = std::get_if<ast::Redirects>(&item.is)) {
      line_names.insert(prefix + lines->name.text);
    } else if (const auto* group = std::get_if<ast::Group>(&item.is)) {
      rule_names.insert(prefix + group->name.text);
      learn_names(group->items, prefix + group->name.text + ".");
    }
  }
}

void Checker::TestReader::read(const std::vector<ast::Item>& items) {
  for (const ast::Item& item : items) {
    if (full) return;
    if (const auto* one = std::get_if<ast::Test>(&item.is)) {
      test(*one);
    } else if (const auto* many = std::get_if<ast::Tests>(&item.is)) {
      tests(*many);
    }
  }
}

PlaceId Checker::TestReader::place(Span where) {
  c.program_.tests.places.push_back(where);
  return static_cast<PlaceId>(c.program_.tests.places.size() - 1);
}

bool Checker::TestReader::unique(const ast::Ident& name, std::string_view what) {
  if (!name.known()) return false;
  const auto [first, fresh] = test_names.emplace(name.text, name.span);
  if (fresh) return true;
  report(Kind::duplicate_test, name.span, std::string(what) + " `" + name.text + "` has the name of another")
      .label(first->second, "used here first")
      .help("reports and `sprx test --filter` go by these names");
  return false;
}

bool Checker::TestReader::once(const std::string& name, Span where) {
  const auto [first, fresh] = given.emplace(name, where);
  if (fresh) return true;
  report(Kind::duplicate_option, where, "`" + name + "` is given twice")
      .label(first->second, "given here first")
      .help("leave one of them out");
  poisoned = true;
  return false;
}

namespace {

/// `country` for `geo`: the word of a request that is meant by one that tests do not have.
/// What the URL or another word of a request says; "" where it is neither.
std::string part_of_request(const std::string& name, TestPlace place) {
  constexpr auto kOfUrl =
      std::to_array<std::string_view>({"host", "path", "query", "uri", "url", "scheme", "port", "raw_query"});
  constexpr auto kMethods = std::to_array<std::string_view>(
      {"purge", "ban", "trace", "connect", "propfind", "mkcol", "refresh", "search", "report", "link", "unlink"});
  const auto among = [&name](const auto& words) { return std::find(words.begin(), words.end(), name) != words.end(); };
  if (place != TestPlace::test && place != TestPlace::request) return {};
  if (among(kOfUrl) || (place == TestPlace::test && name == "request")) {
    const std::string_view end = name == "query" || name == "raw_query" ? "?a=1" : "";
    return "it is part of the request's URL: `get \"https://www.example.com/path" + std::string(end) + "\";`";
  }
  if (place == TestPlace::test && among(kMethods)) {
    std::string method = name;
    std::transform(method.begin(), method.end(), method.begin(),
                   [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    return "the method stands in the request's block: `get \"/a\" { method \"" + method + "\"; }`";
  }
  if (name == "city" || name == "asn")
    return "write the header that says it: `get \"/a\" { header \"section-io-geo-" + name + "\" = \"" +
           (name == "city" ? "Berlin" : "64500") + "\"; }`";
  return {};
}

const TestWordInfo* meant_request_word(std::string_view name, TestPlace place) {
  struct Meant {
    std::string_view theirs;
    std::string_view ours;
  };
  constexpr auto kMeant = std::to_array<Meant>({{"geo", "country"},
                                                {"ip", "client"},
                                                {"client_ip", "client"},
                                                {"address", "client"},
                                                {"time", "at"},
                                                {"now", "at"},
                                                {"date", "at"}});
  if (place != TestPlace::test && place != TestPlace::request) return nullptr;
  for (const Meant& meant : kMeant) {
    if (meant.theirs != name) continue;
    for (const TestWordInfo& known : kTestWords) {
      if (known.place == TestPlace::request && known.name == meant.ours) return &known;
    }
  }
  return nullptr;
}

}  // namespace

const TestWordInfo* Checker::TestReader::word(const ast::Ident& name, TestPlace place) {
  std::vector<std::string_view> names;
  for (const TestWordInfo& known : kTestWords) {
    if (known.place != place) continue;
    if (known.name == name.text) return &known;
    names.push_back(known.name);
  }
  poisoned = true;
  if (!name.known()) return nullptr;
  Diagnostic& d = report(Kind::unknown_test_word, name.span,
                         "`" + name.text + "` is no word of " + std::string(construct_of(place)));
  for (const TestWordInfo& known : kTestWords) {
    if (place != TestPlace::test || known.place != TestPlace::request || known.name != name.text) continue;
    d.help("it stands in the block of the request: `get \"https://www.example.com/\" { " + std::string(known.usage) +
           " }`");
    return nullptr;
  }
  if (const std::string help = part_of_request(name.text, place); !help.empty()) {
    d.help(help);
    return nullptr;
  }
  if (place == TestPlace::expect && expectation_of(name, d)) return nullptr;
  if (const TestWordInfo* const meant = meant_request_word(name.text, place)) {
    // With the value that was written, where it is a text.
    constexpr std::uint32_t kLookedOn = 60;
    const std::string_view rest = c.sources_.text({name.span.file, name.span.end, name.span.end + kLookedOn});
    const std::size_t end = rest.find("\";");
    const bool own = rest.starts_with(" \"") && end != std::string_view::npos && end > 1 && rest.find('"', 2) == end;
    const std::string usage =
        own ? std::string(meant->name) + std::string(rest.substr(0, end + 2)) : std::string(meant->usage);
    if (place == TestPlace::request) {
      d.help("write `" + usage + "`").fix(name.span, std::string(meant->name), false);
    } else {
      d.help("write `get \"https://www.example.com/\" { " + usage + " }`");
    }
    return nullptr;
  }
  if (place != TestPlace::expect && is_cookie_attribute(name.text)) {
    d.help("attributes of a cookie stand in a block behind its value: `cookie \"a\" = \"1\" { secure; }`");
    return nullptr;
  }
  if (const std::string_view near = similar(name.text, names); !near.empty()) {
    d.help("a word with a similar name exists: `" + std::string(near) + "`").fix(name.span, std::string(near), false);
    return nullptr;
  }
  for (const TestWordInfo& known : kTestWords) {
    if (known.name != name.text) continue;
    d.help("it stands in " + std::string(construct_of(known.place)) + ": `" + std::string(known.usage) + "`");
    return nullptr;
  }
  d.help("its words are " + words_of(place));
  return nullptr;
}

/// `expect header "A" = "1";`, `expect status 403;`, `expect blocked;` with a rule of that name.
bool Checker::TestReader::expectation_of(const ast::Ident& name, Diagnostic& d) {
  if (name.text == "header" || name.text == "cookie" || name.text == "body") {
    const std::string_view part = name.text == "header"   ? "header \"Name\" = \"value\";"
                                  : name.text == "cookie" ? "cookie \"name\" = \"value\";"
                                                          : "body \"…\";";
    d.help("what the client gets is `expect response 200 { " + std::string(part) + " }`" +
           (name.text == "body" ? "" : ", what the next hop gets `expect forward { " + std::string(part) + " }`"));
  } else if (name.text == "path" || name.text == "query" || name.text == "host" || name.text == "origin") {
    d.help("what the next hop gets is `expect forward { " + name.text + " \"…\"; }`");
  } else if (name.text == "status" || name.text == "code") {
    d.help("write `expect deny 403;` or `expect respond 404;`, or `expect response 403;` whoever makes the answer");
  } else if (name.text == "location") {
    d.help("write `expect redirect 301 \"/new\";`");
  } else if (name.text == "pass" || name.text == "next" || name.text == "continue" || name.text == "allow") {
    d.help("that the request goes on is `expect forward;`").fix(name.span, "forward", true);
  } else if (rule_names.contains(name.text)) {
    d.help("write `expect rule " + name.text + ";`").fix(name.span, "rule " + name.text, true);
  } else {
    return false;
  }
  return true;
}

std::optional<std::string> Checker::TestReader::text(const ast::Expr& e, std::string_view what) {
  if (c.plain(e, what) && c.check_escapes(e)) return e.plain_text();
  poisoned = true;
  return std::nullopt;
}

std::optional<std::string> Checker::TestReader::line_text(const ast::Expr& e, std::string_view what) {
  std::optional<std::string> out = text(e, what);
  if (!out) return out;
  const bool breaks = std::any_of(out->begin(), out->end(), [](char byte) {
    return (static_cast<unsigned char>(byte) < 0x20 && byte != '\t') || byte == 0x7F;
  });
  if (!breaks) return out;
  poisoned = true;
  report(Kind::bad_test_value, e.span, std::string(what) + " holds no control characters")
      .help("what a header line cannot hold never reaches a rule");
  return std::nullopt;
}

std::optional<std::string> Checker::TestReader::header_name(const ast::Expr& e) {
  std::optional<std::string> name = text(e, "a header name");
  if (!name) return name;
  if (is_token(*name)) {
    lint_header_name(c.view_, e, *name);
    return name;
  }
  poisoned = true;
  report(Kind::bad_header_name, e.span,
         (name->empty() ? "an empty text" : "`" + *name + "`") + " is no name of a header")
      .help("names are letters, digits and `-`");
  return std::nullopt;
}

std::optional<TestHeader> Checker::TestReader::pair(const ast::Action& a, const TestWordInfo& word) {
  const bool of_response = word.id == TestWord::answer_cookie || word.id == TestWord::upstream_cookie;
  const bool of_request = word.id == TestWord::request_cookie || word.id == TestWord::forward_cookie;
  if (of_request && a.block && a.assigned && !a.incomplete) {
    const Span until_value{a.word.span.file, a.word.span.begin, a.assigned->span.end};
    const std::string shown(c.sources_.text(until_value));
    report(Kind::bad_action, {a.block->span.file, a.block->span.begin, a.block->span.begin + 1},
           "cookies of a request have no attributes")
        .help(shown.size() <= 70 ? "write `" + shown + ";`" : "leave the block out")
        .fix({a.block->span.file, until_value.end, a.block->span.end}, ";", true);
    poisoned = true;
    return std::nullopt;
  }
  if (!c.shape(a, 1, 1, true, of_response, word.usage)) {
    poisoned = true;
    return std::nullopt;
  }
  const bool cookie = word.name == "cookie";
  const std::optional<std::string> name =
      cookie ? line_text(a.arguments[0], "a cookie's name") : header_name(a.arguments[0]);
  const std::optional<std::string> value = line_text(*a.assigned, cookie ? "a cookie" : "a header");
  if (!name || !value) return std::nullopt;
  if (of_response && value->find(';') != std::string::npos) {
    report(Kind::bad_cookie, a.assigned->span, "the value of a cookie cannot hold `;`")
        .help("attributes stand in a block behind the value: `= \"" + value->substr(0, value->find(';')) +
              "\" { secure; }`");
    poisoned = true;
    return std::nullopt;
  }
  return TestHeader{*name, *value};
}

/// The attributes in the block of a cookie that a response sets; those with mistakes are reported and left out.
std::vector<CookieAttribute> Checker::TestReader::cookie_attributes(const ast::Action& a) {
  if (!a.block) return {};
  std::vector<CookieAttribute> out = c.cookie_attributes(*a.block);
  if (out.size() != a.block->actions.size()) poisoned = true;
  return out;
}

bool Checker::TestReader::room_for_part(const ast::Action& a) {
  if (++parts <= c.limits_.test_parts) return true;
  poisoned = true;
  if (parts == c.limits_.test_parts + 1)
    report(Kind::limit_test_parts, a.word.span,
           "more than " + std::to_string(c.limits_.test_parts) + " statements in one test")
        .help("write several tests");
  return false;
}

void Checker::TestReader::test(const ast::Test& t) {
  poisoned = t.incomplete || !unique(t.name, "test");
  parts = 0;
  given.clear();
  const Scoped inside(c.construct_, Construct{t.name.span, "in this test"});
  TestCase out;
  out.name = t.name.text;
  for (const ast::Action& a : t.block.actions) {
    if (a.incomplete || !a.word.known()) poisoned = true;
    if (!room_for_part(a)) break;
    statement(a, out);
  }
  finish(t, std::move(out));
}

void Checker::TestReader::statement(const ast::Action& a, TestCase& out) {
  const TestWordInfo* const known = word(a.word, TestPlace::test);
  if (known == nullptr) return;
  switch (known->id) {
    case TestWord::test_upstream:
      return upstream(a, *known, out);
    case TestWord::test_expect:
      return expect(a, out);
    default:
      return request(a, *known, out);
  }
}

void Checker::TestReader::finish(const ast::Test& t, TestCase out) {
  if (poisoned) return c.never_silent(t.span);
  const bool asks = given.contains("request");
  if (!asks || out.expectations.empty()) {
    report(Kind::test_incomplete, t.name.span, asks ? "this test expects nothing" : "this test sends no request")
        .help(asks ? "say what should happen, for example `expect forward;` or `expect redirect 301 \"/new\";`"
                   : "say what is sent, for example `get \"https://www.example.com/old\";`");
    return;
  }
  for (const Expectation& expected : out.expectations) {
    if (never_fails(expected)) return;
  }
  out.place = place(t.name.span);
  if (!add(std::move(out))) return;
}

bool Checker::TestReader::add(TestCase made) {
  std::vector<TestCase>& cases = c.program_.tests.cases;
  const Span where = c.program_.tests.places[made.place];
  if (cases.size() >= c.limits_.tests) {
    report(Kind::limit_tests, where, "more than " + std::to_string(c.limits_.tests) + " tests in one configuration")
        .help("each line of a `tests` file is one");
    full = true;
    return false;
  }
  bytes += bytes_of(made);
  if (bytes > c.limits_.test_bytes) {
    report(Kind::limit_test_bytes, where,
           "the tests of this configuration hold more than " + std::to_string(c.limits_.test_bytes) + " bytes of text")
        .help("leave out tests that say the same");
    full = true;
    return false;
  }
  cases.push_back(std::move(made));
  return true;
}

}  // namespace sprx
