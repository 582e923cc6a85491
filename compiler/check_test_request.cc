// Tests: what is sent, and what the next hop would answer.
#include <algorithm>

#include "compiler/literals.h"
#include "compiler/table/error_words.h"
#include "compiler/test_reader.h"
#include "compiler/test_url.h"
#include "compiler/words.h"

namespace sprx {
namespace {

std::string upper(std::string_view word) {
  std::string out(word);
  for (char& byte : out) byte = byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - 0x20) : byte;
  return out;
}

void add_cookie(std::vector<TestHeader>& headers, const TestHeader& cookie) {
  const std::string text = cookie.name + "=" + cookie.value;
  const auto line =
      std::find_if(headers.begin(), headers.end(), [](const TestHeader& h) { return equal_nocase(h.name, "cookie"); });
  if (line == headers.end()) {
    headers.push_back({"Cookie", text});
  } else {
    line->value += "; " + text;
  }
}

}  // namespace

void Checker::TestReader::request(const ast::Action& a, const TestWordInfo& word, TestCase& out) {
  if (const auto [first, fresh] = given.emplace("request", a.word.span); !fresh) {
    report(Kind::test_incomplete, a.word.span, "a test has one request")
        .label(first->second, "the first stands here")
        .help("write another test for this one");
    poisoned = true;
    return;
  }
  if (!c.shape(a, 1, 1, false, true, word.usage)) {
    poisoned = true;
    return;
  }
  out.request.method = upper(word.name);
  out.request_place = place(a.arguments[0].span);
  if (a.block) {
    for (const ast::Action& entry : a.block->actions) {
      if (entry.incomplete || !entry.word.known()) poisoned = true;
      if (!room_for_part(entry)) return;
      const TestWordInfo* const known = this->word(entry.word, TestPlace::request);
      if (known != nullptr) request_part(entry, *known, out.request);
    }
  }
  // The URL of `OPTIONS *` depends on the method, so it comes last.
  if (const std::optional<std::string> url = text(a.arguments[0], "a URL"))
    mistake_in_url(*url, a.arguments[0], out.request);
}

void Checker::TestReader::mistake_in_url(const std::string& url, const ast::Expr& e, TestRequest& out) {
  const std::optional<UrlMistake> mistake = read_test_url(url, out);
  if (!mistake) return;
  poisoned = true;
  const Span where = url.empty() ? e.span : e.place_in_text(mistake->begin, mistake->end);
  Diagnostic& d = report(Kind::bad_test_url, where, mistake->message);
  if (!mistake->help.empty()) d.help(mistake->help);
}

void Checker::TestReader::request_part(const ast::Action& a, const TestWordInfo& word, TestRequest& out) {
  if (word.id == TestWord::request_cookie) {
    if (const std::optional<TestHeader> cookie = pair(a, word)) add_cookie(out.headers, *cookie);
    return;
  }
  if (word.id == TestWord::request_flag || word.id == TestWord::request_has || word.id == TestWord::request_exhausted)
    return state_part(a, word, out);
  if (word.id != TestWord::request_header) return request_value(a, word, out);
  const std::optional<TestHeader> line = pair(a, word);
  if (!line) return;
  if (is_framing_header(line->name) || equal_nocase(line->name, "host")) {
    const bool host = equal_nocase(line->name, "host");
    report(Kind::forbidden_header, a.arguments[0].span,
           host ? "the Host of a test's request is that of its URL"
                : "`" + line->name + "` belongs to the framing of the message, rules do not depend on it")
        .help(host ? "write it in the URL: `get \"https://" + line->value + "/\";`" : "leave it out");
    poisoned = true;
    return;
  }
  if (equal_nocase(line->name, "cookie")) {
    const auto first = std::find_if(out.headers.begin(), out.headers.end(),
                                    [](const TestHeader& h) { return equal_nocase(h.name, "cookie"); });
    if (first != out.headers.end()) {
      first->value += "; " + line->value;
      return;
    }
  }
  out.headers.push_back(*line);
}

void Checker::TestReader::request_value(const ast::Action& a, const TestWordInfo& word, TestRequest& out) {
  if (!once(std::string(word.name), a.word.span)) return;
  if (!c.shape(a, 1, 1, false, false, word.usage)) {
    poisoned = true;
    return;
  }
  const ast::Expr& e = a.arguments[0];
  const std::optional<std::string> value = text(e, "`" + std::string(word.name) + "` in a test");
  if (!value) return;
  const auto wrong = [&](Kind kind, const std::string& message) {
    std::string upper = *value;
    std::transform(upper.begin(), upper.end(), upper.begin(),
                   [](char byte) { return byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - 'a' + 'A') : byte; });
    if (upper == "UK") upper = "GB";
    const bool country = word.id == TestWord::request_country && is_country(upper);
    report(kind, e.span, "`" + *value + "` is " + message)
        .help("write `" + (country ? "country \"" + upper + "\";" : std::string(word.usage)) + "`");
    poisoned = true;
  };
  switch (word.id) {
    case TestWord::request_client:
      out.client = *value;
      if (!parse_ip(*value)) wrong(Kind::bad_ip, "no IP address");
      break;
    case TestWord::request_country:
      if (!is_country(*value)) wrong(Kind::bad_test_value, "no upper-case ISO 3166 country code");
      out.headers.push_back({std::string(kCountryHeader), *value});
      break;
    case TestWord::request_at:
      out.at_us = parse_time(*value);
      if (!out.at_us) wrong(Kind::bad_time, "no time");
      break;
    case TestWord::request_method:
      if (!is_token(*value) || *value == "CONNECT") wrong(Kind::bad_test_value, "no method that rules see");
      out.method = *value;
      break;
    default:
      break;
  }
}

void Checker::TestReader::upstream_error(const ast::Action& a, TestCase& out) {
  constexpr std::string_view kUsage = "upstream error connect_timeout;";
  poisoned = true;
  if (!c.shape(a, 2, 2, false, false, kUsage)) return;
  const ast::Expr& e = a.arguments[1];
  if (e.is(ast::Expr::Kind::error)) return;
  const std::string word = e.is(ast::Expr::Kind::path) ? e.text : e.is_plain_string() ? e.plain_text() : "";
  std::vector<std::string_view> words;
  std::string all;
  for (const ErrorWord& known : kErrorWords) {
    if (known.seen != ErrorSeen::upstream) continue;
    words.push_back(known.word);
    all += (all.empty() ? "" : " ") + std::string(known.word);
  }
  if (std::find(words.begin(), words.end(), word) != words.end()) {
    out.request.upstream_error = word;
    poisoned = false;
    return;
  }
  Diagnostic& d = report(Kind::bad_test_value, e.span, "after `upstream error` stands how the next hop fails");
  if (const std::string near(similar(word, words)); !near.empty())
    d.help("a similar word exists: `" + near + "`").fix(e.span, near, false);
  d.help("the words are `" + all + "`");
}

void Checker::TestReader::upstream(const ast::Action& a, const TestWordInfo& word, TestCase& out) {
  if (!once("upstream", a.word.span)) return;
  if (!a.arguments.empty() && a.arguments[0].is(ast::Expr::Kind::path) && a.arguments[0].text == "error")
    return upstream_error(a, out);
  if (!c.shape(a, 1, 1, false, true, word.usage)) {
    poisoned = true;
    return;
  }
  const std::optional<std::uint16_t> status = c.status(a.arguments[0], 200, 599, "upstream");
  if (!status) poisoned = true;
  out.request.upstream_status = status.value_or(200);
  if (!a.block) return;
  for (const ast::Action& entry : a.block->actions) {
    if (entry.incomplete || !entry.word.known()) poisoned = true;
    if (!room_for_part(entry)) return;
    const TestWordInfo* const known = this->word(entry.word, TestPlace::upstream);
    if (known == nullptr) continue;
    std::optional<TestHeader> line = pair(entry, *known);
    if (!line) continue;
    if (known->id == TestWord::upstream_cookie) {
      line = TestHeader{"Set-Cookie", line->name + "=" + line->value};
      for (const CookieAttribute& attribute : cookie_attributes(entry)) line->value += "; " + attribute.text;
    }
    out.request.upstream_headers.push_back(std::move(*line));
  }
}

}  // namespace sprx
