// TestReader: `check`'s way through the tests of a configuration: every word and shape is checked, what is good becomes
// plain data (compiler/table/tests.h). One file a part: check_tests, check_test_request, check_test_state,
// check_test_expect, check_test_named, check_test_parts, check_test_file.
#pragma once

#include <map>
#include <set>
#include <string>

#include "compiler/checker.h"
#include "compiler/test_words.h"

namespace sprx {

struct Checker::TestReader {
  explicit TestReader(Checker& checker) : c(checker) {}

  /// Names that expectations may name, those of rules with mistakes included.
  void learn_names(const std::vector<ast::Item>& items, const std::string& prefix);
  void read(const std::vector<ast::Item>& items);

  // check_tests.cc
  void test(const ast::Test& t);
  void statement(const ast::Action& a, TestCase& out);
  void finish(const ast::Test& t, TestCase out);
  bool add(TestCase made);
  bool unique(const ast::Ident& name, std::string_view what);
  /// The word, or a report with the words of the place.
  const TestWordInfo* word(const ast::Ident& name, TestPlace place);
  /// Says what is written for it after `expect`; false if that is not known.
  bool expectation_of(const ast::Ident& name, Diagnostic& d);
  /// Adds to `given` and reports what was given before.
  bool once(const std::string& name, Span where);
  bool room_for_part(const ast::Action& a);
  PlaceId place(Span where);
  Diagnostic& report(Kind kind, Span where, std::string message) { return c.report(kind, where, std::move(message)); }
  /// Plain text that is no header value's mistake.
  std::optional<std::string> text(const ast::Expr& e, std::string_view what);
  std::optional<std::string> line_text(const ast::Expr& e, std::string_view what);
  std::optional<std::string> header_name(const ast::Expr& e);
  /// `word "name" = "value"`
  std::optional<TestHeader> pair(const ast::Action& a, const TestWordInfo& word);
  std::vector<CookieAttribute> cookie_attributes(const ast::Action& a);

  // check_test_request.cc
  void request(const ast::Action& a, const TestWordInfo& word, TestCase& out);
  void request_part(const ast::Action& a, const TestWordInfo& word, TestRequest& out);
  void request_value(const ast::Action& a, const TestWordInfo& word, TestRequest& out);
  void upstream_error(const ast::Action& a, TestCase& out);
  void upstream(const ast::Action& a, const TestWordInfo& word, TestCase& out);

  // check_test_state.cc: what flags, dynamic lists and limits hold
  void state_part(const ast::Action& a, const TestWordInfo& word, TestRequest& out);
  void flag(const ast::Action& a, const TestWordInfo& word, TestRequest& out);
  void has(const ast::Action& a, const TestWordInfo& word, TestRequest& out);
  void exhausted(const ast::Action& a, const TestWordInfo& word, TestRequest& out);
  Symbol* changing(const ast::Expr& e, Symbol::Kind kind);
  void mistake_in_url(const std::string& text, const ast::Expr& e, TestRequest& out);

  // check_test_expect.cc
  void expect(const ast::Action& a, TestCase& out);
  bool outcome(const ast::Action& a, const TestWordInfo& word, Expectation& out);
  bool redirect_arguments(const ast::Action& a, Expectation& out);
  bool one_status(const ast::Action& a, const TestWordInfo& word, Expectation& out);
  bool never(const ast::Expr& e, const std::string& message, const std::string& help);
  bool misplaced_not(const ast::Action& a);
  bool negated(const ast::Action& a, Expectation& out);
  void contradictions(const Expectation& made, const std::vector<Expectation>& before);

  // check_test_named.cc
  bool rule_name(const ast::Action& a, std::size_t at, Expectation& out);
  bool log_field(const ast::Action& a, std::size_t at, Expectation& out);
  void learn_rules();
  bool never_fails(const Expectation& expected);

  // check_test_parts.cc
  bool block(const ast::Action& a, Expectation& out);
  bool part(const ast::Action& a, TestPlace where, Expectation& out);
  bool attribute_parts(const ast::Action& a, const std::string& cookie, Expectation& out);
  bool no_part(const ast::Action& a, const TestWordInfo& word, TestPlace where, ExpectedPart& out);

  // check_test_file.cc
  void tests(const ast::Tests& t);
  bool test_file(const ast::Tests& t, FileId* file);
  void line(const ast::Tests& t, const DataRow& row);

  Checker& c;
  std::map<std::string, Span> test_names;
  std::set<std::string> rule_names;   ///< full names of rules and groups
  std::set<std::string> line_names;   ///< full names of `redirects`: their lines are rules too
  std::set<std::string> known_lines;  ///< full names of the lines that are rules
  std::set<std::string_view> logged;  ///< fields that a rule logs
  bool rules_learnt = false;
  std::map<std::string, Span> given;  ///< single things that the test has said
  bool poisoned = false;              ///< the test that is read has a mistake
  bool errors_before = false;         ///< of the configuration, before its tests were read
  bool full = false;                  ///< a bound was reached and reported
  std::size_t parts = 0;              ///< of the test that is read
  std::size_t bytes = 0;              ///< of all tests
};

}  // namespace sprx
