// What each committed rule of the grammar wants, in the words of its message: one line a rule. A rule without a line
// here does not compile.
#pragma once

#include "grammar/rules.h"

namespace sprx::rules {

#define SPRX_EXPECT(RULE, ROLE, WHAT, HELP) \
  template <>                               \
  inline Expectation expectation<RULE>() {  \
    return {WHAT, Role::ROLE, HELP};        \
  }

SPRX_EXPECT(number_shape, number, "a number",
            "numbers are whole: `10_000`, `30s`, `64KiB` or `10/s`; a name begins with a letter")
SPRX_EXPECT(range_end, other, "the range's last number after `..`", "a range is `200..299`")
SPRX_EXPECT(interpolated_value, operand, "a value after `${`",
            "write a value, such as `${host}`; the two characters themselves are `\\${`")
SPRX_EXPECT(interpolation_end, interpolation, "`}` after this value",
            "one value stands in `${...}`, such as `${host}` or `${header[\"Referer\"]}`")
SPRX_EXPECT(raw_end, string, "`\"\"\"`", "close it with `\"\"\"`")
SPRX_EXPECT(string_end, string, "`\"`", "close it with `\"`")
SPRX_EXPECT(regex_class_end, regex, "`]` for its `[`, and then `/`", "close it with `]` for its `[`, and then `/`")
SPRX_EXPECT(regex_slash_end, regex, "`/`", "close it with `/`")
SPRX_EXPECT(regex_quote_end, regex, "`\"`", "close it with `\"`")
SPRX_EXPECT(regex_flags_end, other, "the end of this pattern, whose only flag is `i`",
            "inside `/.../` a `/` is written `\\/`; with many of them write `r\"...\"`")
SPRX_EXPECT(else_arrow, arrow, "`=>` after `else`", "write `else => \"value\";`")
SPRX_EXPECT(arm_arrow, arrow, "`=>` after this condition", "write `condition => \"value\";`")
SPRX_EXPECT(arm_value, operand, "a value after `=>`", "write `condition => \"value\";`")
SPRX_EXPECT(arm_end, terminator, "`;` after this value", "each line of a `choose`, `score` or table ends with `;`")
SPRX_EXPECT(choose_body, open_brace, "`{` after `choose`",
            "write `choose { path under \"/api\" => \"api\"; else => \"page\"; }`")
SPRX_EXPECT(term_when, other, "`when` after this number", "write `score { 5 when header[\"User-Agent\"] == \"\"; }`")
SPRX_EXPECT(term_condition, operand, "a condition after `when`", "write `score { 5 when method == \"POST\"; }`")
SPRX_EXPECT(score_body, open_brace, "`{` after `score`", "write `score { 5 when method == \"POST\"; }`")
SPRX_EXPECT(list_end, bracket, "`,` or `]` in this list", "a list is `[\"a\", \"b\"]`")
SPRX_EXPECT(call_argument, operand, "an argument after `,`", "remove the `,`, or write another argument")
SPRX_EXPECT(call_end, bracket, "`,` or `)` in this call", "a function takes values, separated by `,`: `lower(host)`")
SPRX_EXPECT(paren_condition, operand, "a condition after `(`",
            "write a condition between the parentheses, or remove them")
SPRX_EXPECT(paren_end, bracket, "`)` after this condition", "close it with `)`")
SPRX_EXPECT(subscript_value, operand, "a key", "write the name in quotes, such as `header[\"User-Agent\"]`")
SPRX_EXPECT(subscript_end, bracket, "`,` or `]` after this key", "a key is `header[\"User-Agent\"]`")
SPRX_EXPECT(fallback_value, operand, "a value after `\?\?`", "write `header[\"X\"] \?\? \"none\"`")
SPRX_EXPECT(word_operand, operand, "a value after this operator",
            "write a value on the right, such as `path under \"/api\"`")
SPRX_EXPECT(sign_operand, operand, "a value after this operator",
            "write a value on the right, such as `path == \"/old\"`")
SPRX_EXPECT(one_comparison, chain, "one comparison", "join two comparisons with `and`, such as `a < b and b < c`")
SPRX_EXPECT(no_comparison, exists, "the end of this condition", "leave out `exists`, or join two conditions with `and`")
SPRX_EXPECT(exists_operand, operand, "a field after `exists`", "write `exists header[\"X\"]`")
SPRX_EXPECT(not_operand, operand, "a condition after `not`", "write `not path under \"/api\"`")
SPRX_EXPECT(and_operand, operand, "a condition after `and`", "write a condition on both sides of `and`")
SPRX_EXPECT(or_operand, operand, "a condition after `or`", "write a condition on both sides of `or`")
SPRX_EXPECT(next_argument, operand, "a value after `,`", "remove the `,`, or write another value")
SPRX_EXPECT(assigned_value, operand, "a value after `=`", "write `set header[\"X-Name\"] = \"value\";`")
SPRX_EXPECT(action_end, terminator, "`;` after this statement", "a statement ends with `;`")
SPRX_EXPECT(log_value, operand, "a value after `=`", "write `log reason = \"why\";`")
SPRX_EXPECT(log_end, terminator, "`;` after this value", "a statement ends with `;`")
SPRX_EXPECT(condition, operand, "a condition after `when`", "write `when path == \"/old\";`")
SPRX_EXPECT(condition_end, terminator, "`;` after this condition",
            "a condition ends with `;`, and the actions follow it")
SPRX_EXPECT(over_name, name, "the name of a limit after `over`",
            "write `over name;` with the name of a declared `limit`")
SPRX_EXPECT(over_end, terminator, "`;` after this limit's name", "a statement ends with `;`")
SPRX_EXPECT(let_name, name, "a name after `let`", "write `let name = value;`")
SPRX_EXPECT(let_assign, other, "`=` after this name", "write `let name = value;`")
SPRX_EXPECT(let_value, operand, "a value after `=`", "write `let name = value;`")
SPRX_EXPECT(let_end, terminator, "`;` after this value", "a `let` ends with `;`")
SPRX_EXPECT(declared_name, name, "a name", "a name is made of letters, digits and `_`, and begins with no digit")
SPRX_EXPECT(type_colon, other, "`:` and a type after this name",
            "say what its keys are: `list office: cidr = [...];`, `table moved: path -> string = {...};`")
SPRX_EXPECT(type_name, name, "a type such as `string` or `cidr`",
            "types of keys are `string int ip cidr path host domain pattern`")
SPRX_EXPECT(file_name, other, "a file name in quotes", "write `from \"file.txt\"` or `include \"file.sprx\";`")
SPRX_EXPECT(from_word, other, "`from` and a file name", "write `from \"file.tsv\"` after the name")
SPRX_EXPECT(block_here, open_brace, "`{` and a block", "what belongs to it stands in braces: `{ name value; }`")
SPRX_EXPECT(declaration_end, terminator, "`;` after this declaration", "a declaration ends with `;`")
SPRX_EXPECT(plain_end, terminator, "`;` after this declaration", "a declaration ends with `;`")
SPRX_EXPECT(allow_code, name, "a code such as `E3001` after `allow`", "write `allow E3001 \"reason\";`")
SPRX_EXPECT(allow_reason, other, "a reason in quotes", "write `allow E3001 \"reason\";`")
SPRX_EXPECT(entry_arrow, arrow, "`=>` after this key", "a row of a table is `\"key\" => \"value\";`")
SPRX_EXPECT(entry_value, operand, "a value after `=>`", "a row of a table is `\"key\" => \"value\";`")
SPRX_EXPECT(inline_data, other, "`[` or `{` after `=`",
            "write `= [\"a\", \"b\"]` for a list, `= { \"key\" => \"value\"; }` for a table")
SPRX_EXPECT(table_arrow, other, "`->` and the type of the values",
            "say what its keys and its values are: `table moved: path -> string = {...};`")
SPRX_EXPECT(table_source, other, "`=` or `from` and the table's rows",
            "write `= { \"key\" => \"value\"; }` or `from \"file.tsv\"`")
SPRX_EXPECT(flag_assign, other, "`= on` or `= off` after this name", "write `flag name = off;`")
SPRX_EXPECT(flag_value, other, "`on` or `off`", "write `flag name = off;`")
SPRX_EXPECT(rule_body, open_brace, "`{` after this rule's name", "write `rule name { when ...; deny; }`")
SPRX_EXPECT(group_body, open_brace, "`{` and this group's rules",
            "write `group name when host == \"www.example.com\" { ... }`")

#undef SPRX_EXPECT

}  // namespace sprx::rules
