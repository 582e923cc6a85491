// Headers of responses that browsers make nothing of, or something else than was meant.
#include "compiler/header_values.h"
#include "compiler/rule_state.h"
#include "compiler/table/canonical.h"

namespace sprx {
void Checker::lint_sent_value(std::string_view name, const ast::Expr& literal, RuleState& rule) {
  if (!literal.is_plain_string()) return;
  const std::string text = literal.plain_text();
  const bool origin = equal_nocase(name, "access-control-allow-origin") && text == "*";
  const bool credentials = equal_nocase(name, "access-control-allow-credentials") && text == "true";
  if (const std::optional<OddValue> odd = odd_header_value(name, text)) {
    const auto begin = odd->part.empty() ? 0 : static_cast<std::size_t>(odd->part.data() - text.data());
    out_.add(odd->kind, odd->part.empty() ? literal.span : literal.place_in_text(begin, begin + odd->part.size()),
             odd->why)
        .help(odd->help);
  }
  if (origin) rule.any_origin = literal.span;
  if (credentials) rule.credentials = literal.span;
  if ((!origin && !credentials) || !rule.any_origin.known() || !rule.credentials.known()) return;
  out_.add(Kind::odd_header_value, rule.any_origin, "browsers refuse `*` where cookies may be sent with the request")
      .label(rule.credentials, "said here")
      .help("name one origin: `header[\"Origin\"]`, once it has been compared with a list");
}

}  // namespace sprx
