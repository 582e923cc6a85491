// A header that is changed in the message that never has it: `header[…]` goes to the origin, `response.header[…]` to
// the client.
#include "compiler/check_side.h"

#include <algorithm>

#include "compiler/never.h"
#include "compiler/table/canonical.h"
#include "compiler/words.h"

namespace sprx {

void lint_side(const CheckView& view, const ast::Expr& e, ActionWord word, const Action& out, Phase phase) {
  const bool response = out.target == Target::response_header;
  if (!response && out.target != Target::header) return;
  // What an origin should not have sent may be taken away.
  if (response && phase == Phase::response && word == ActionWord::unset) return;
  for (std::size_t i = 0; i < out.name_count; ++i) {
    const std::string name(view.text(view.rules.names[out.first_name + i]));
    if (response ? !is_request_only_header(name) : !is_response_only_header(name)) continue;
    const ast::Expr& key = e.children[i + 1];
    const std::string shown = "`" + name + "`";
    if (response) {
      Diagnostic& d = view.out.add(Kind::wrong_side, key.span,
                                   shown + " is a header of requests, and `response.header` goes to the client");
      const std::string right = equal_nocase(name, "host") ? "set host = …" : "header[\"" + name + "\"]";
      d.help(phase == Phase::response ? "the request is changed in a `rule` without `response`: `" + right + "`"
                                      : "for the origin write `" + right + "`");
      const bool fits = phase == Phase::request && e.children.size() == 2 && !equal_nocase(name, "host") &&
                        !(is_unset_only_header(name) && word != ActionWord::unset);
      if (fits) d.fix(e.children[0].span, "header", false);
    } else {
      Diagnostic& d =
          view.out.add(Kind::wrong_side, key.span,
                       shown + " is a header of responses, and `header` in a rule about requests goes to the origin");
      const bool cookie = equal_nocase(name, "set-cookie");
      d.help("for the client write `" +
             (cookie ? std::string("response.cookie[\"name\"]") : "response.header[\"" + name + "\"]") + "`");
      if (!cookie && e.children.size() == 2) d.fix(e.children[0].span, "response.header", false);
    }
  }
}

void lint_header_name(const CheckView& view, const ast::Expr& e, const std::string& name) {
  const std::string meant(misspelt_header(name));
  if (meant.empty()) return;
  view.out.add(Kind::misspelt_header, e.span, "no header is called `" + name + "`, and `" + meant + "` is one")
      .help("write `\"" + meant + "\"`; a name of your own is kept with `allow L0051 \"…\";`")
      .fix(e.span, "\"" + meant + "\"", false);
}

bool is_name_of_many(std::string_view name) {
  const std::size_t begin = name.find_first_not_of('*');
  if (begin == std::string_view::npos || (begin == 0 && !name.ends_with('*'))) return false;
  const std::string_view inner = name.substr(begin, name.find_last_not_of('*') - begin + 1);
  return std::all_of(inner.begin(), inner.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  });
}

/// `cookie["wordpress_*"]`, `query["utm_*"]`.
void lint_read_name(const CheckView& view, const ast::Expr& e, const FieldInfo& field, const std::string& name) {
  if (!is_name_of_many(name)) return;
  const bool cookie = field.id == Field::cookie || field.id == Field::cookie_all;
  const bool response = field.id == Field::response_cookie;
  const std::size_t star = name.find('*');
  Diagnostic& d = view.out.add(Kind::wildcard_as_text, e.place_in_text(star, star + 1),
                               std::string("`*` is a character of the name of a ") +
                                   (cookie || response ? "cookie" : "parameter") + " that is read");
  if (response) {
    d.help("a name stands for itself: name the cookies one by one");
    return;
  }
  const std::size_t begin = name.find_first_not_of('*');
  const std::string inner = name.substr(begin, name.find_last_not_of('*') - begin + 1);
  const std::string op = begin == 0 ? "starts_with" : name.ends_with('*') ? "contains" : "ends_with";
  const std::string names = cookie ? "cookie.names" : "query.names";
  d.help("the names of all " + std::string(cookie ? "cookies" : "parameters") + " are `" + names + "`: `" + names +
         " " + op + " \"" + inner + "\"`");
}

void lint_read_header(const CheckView& view, const ast::Expr& e, const std::string& name, bool response) {
  lint_header_name(view, e, name);
  const std::string field = response ? "response.header" : "header";
  if (const std::size_t star = name.find('*'); star != std::string::npos) {
    std::string begin = name.substr(0, star);
    std::transform(begin.begin(), begin.end(), begin.begin(), fold);
    Diagnostic& d = view.out.add(Kind::wildcard_as_text, e.place_in_text(star, star + 1),
                                 "`*` is a character of the name of a header that is read");
    if (response || begin.empty()) {
      d.help("name the headers one by one");
    } else {
      d.help("the names of all headers are `header.names`: `header.names nocase starts_with \"" + begin + "\"`");
    }
  }
  if (response ? !is_request_only_header(name) : !is_response_only_header(name)) return;
  const std::string right = response ? "header" : "response.header";
  view.out
      .add(Kind::wrong_side, e.span,
           "`" + name + "` is a header of " + (response ? "requests" : "responses") + ", and `" + field +
               "` is read in " + (response ? "the response" : "the request"))
      .help("write `" + right + "[\"" + name + "\"]`" + (response ? "" : ", in a `response rule`"));
}

}  // namespace sprx
