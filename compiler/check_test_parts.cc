// Tests: what stands in the block of an expectation.
#include "compiler/test_reader.h"

namespace sprx {

bool Checker::TestReader::block(const ast::Action& a, Expectation& out) {
  const TestPlace where = out.what == Expected::forward ? TestPlace::forward : TestPlace::answer;
  bool good = true;
  for (const ast::Action& entry : a.block->actions) {
    if (entry.incomplete || !entry.word.known()) poisoned = true;
    if (!room_for_part(entry)) return false;
    good = part(entry, where, out) && good;
  }
  return good;
}

bool Checker::TestReader::part(const ast::Action& a, TestPlace where, Expectation& out) {
  const TestWordInfo* const known = word(a.word, where);
  if (known == nullptr) return false;
  ExpectedPart made;
  const auto one_text = [&](PartOf of) {
    if (!c.shape(a, 1, 1, false, false, known->usage)) return false;
    const std::optional<std::string> value =
        text(a.arguments[0], "`" + std::string(known->name) + "` of an expectation");
    if (!value) return false;
    made.of = of;
    made.value = *value;
    made.place = place(a.arguments[0].span);
    return true;
  };
  const auto named = [&](PartOf of) {
    const std::optional<TestHeader> line = pair(a, *known);
    if (!line) return false;
    made = {of, line->name, line->value, place(a.assigned->span)};
    return true;
  };
  const auto read = [&] {
    switch (known->id) {
      case TestWord::forward_path:
        return one_text(PartOf::path);
      case TestWord::forward_query:
        return one_text(PartOf::query);
      case TestWord::forward_host:
        return one_text(PartOf::host);
      case TestWord::forward_method:
        return one_text(PartOf::method);
      case TestWord::forward_origin:
        return one_text(PartOf::origin);
      case TestWord::answer_body:
        return one_text(PartOf::body);
      case TestWord::forward_header:
      case TestWord::answer_header:
        return named(PartOf::header);
      case TestWord::forward_cookie:
      case TestWord::answer_cookie:
        return named(PartOf::cookie);
      default:
        return no_part(a, *known, where, made);
    }
  };
  if (!read()) return false;
  out.parts.push_back(made);
  return made.of != PartOf::cookie || !a.block || attribute_parts(a, made.name, out);
}

/// What stands in the block of a cookie: one part each.
bool Checker::TestReader::attribute_parts(const ast::Action& a, const std::string& cookie, Expectation& out) {
  const std::vector<CookieAttribute> attributes = cookie_attributes(a);
  for (const CookieAttribute& attribute : attributes) {
    if (!room_for_part(a)) return false;
    out.parts.push_back({PartOf::cookie_attribute, cookie, attribute.text, place(attribute.where)});
  }
  return attributes.size() == a.block->actions.size();
}

bool Checker::TestReader::no_part(const ast::Action& a, const TestWordInfo& word, TestPlace where, ExpectedPart& out) {
  if (!c.shape(a, 1, 2, false, false, word.usage)) return false;
  const ast::Expr& what = a.arguments[0];
  if (a.arguments.size() == 1 && what.is(ast::Expr::Kind::index) && what.children.size() == 2 &&
      (what.children[0].text == "header" || what.children[0].text == "cookie")) {
    const std::string shown = what.children[0].text + " " + std::string(c.sources_.text(what.children[1].span));
    report(Kind::bad_action, what.span, "in a block the name follows `" + what.children[0].text + "` without brackets")
        .help("write `no " + shown + ";`")
        .fix(what.span, shown, true);
    return false;
  }
  const std::string name = what.is(ast::Expr::Kind::path) ? what.text : "";
  const bool keyed = name == "header" || name == "cookie";
  const bool bare = where == TestPlace::forward && (name == "query" || name == "origin");
  if (!keyed && !bare) {
    report(Kind::unknown_test_word, what.span,
           where == TestPlace::forward ? "after `no` stands `header`, `cookie`, `query` or `origin`"
                                       : "after `no` stands `header` or `cookie`")
        .help("write `" + std::string(word.usage) + "`");
    return false;
  }
  if (a.arguments.size() != (keyed ? 2U : 1U)) {
    report(Kind::bad_action, keyed ? what.span : a.arguments[1].span,
           keyed ? "`no " + name + "` wants a name" : "`no " + name + "` takes no argument")
        .help(keyed ? "write `no " + name + " \"Name\";`" : "write `no " + name + ";`");
    return false;
  }
  out.place = place({what.span.file, a.word.span.begin, a.arguments.back().span.end});
  if (bare) {
    out.of = name == "query" ? PartOf::no_query : PartOf::no_origin;
    return true;
  }
  const std::optional<std::string> key =
      name == "header" ? header_name(a.arguments[1]) : line_text(a.arguments[1], "a cookie's name");
  if (!key) return false;
  out.of = name == "header" ? PartOf::no_header : PartOf::no_cookie;
  out.name = *key;
  return true;
}

}  // namespace sprx
