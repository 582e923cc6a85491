// What each committed rule of the grammar wants, in the words of its message: one line a rule. A rule without a line
// here does not compile.
#pragma once

#include "grammar/rules.h"

namespace sprx::rules {

#define SPRX_EXPECT(RULE, ROLE, WHAT)      \
  template <>                              \
  inline Expectation expectation<RULE>() { \
    return {WHAT, Role::ROLE};             \
  }

SPRX_EXPECT(number_shape, number, "a number")
SPRX_EXPECT(range_end, other, "the range's last number after `..`")
SPRX_EXPECT(interpolated_value, operand, "a value after `${`")
SPRX_EXPECT(interpolation_end, interpolation, "`}` after this value")
SPRX_EXPECT(raw_end, string, "`\"\"\"`")
SPRX_EXPECT(string_end, string, "`\"`")
SPRX_EXPECT(regex_class_end, regex, "`]` for its `[`, and then `/`")
SPRX_EXPECT(regex_slash_end, regex, "`/`")
SPRX_EXPECT(regex_quote_end, regex, "`\"`")
SPRX_EXPECT(regex_flags_end, other, "the end of this pattern, whose only flag is `i`")
SPRX_EXPECT(else_arrow, arrow, "`=>` after `else`")
SPRX_EXPECT(arm_arrow, arrow, "`=>` after this condition")
SPRX_EXPECT(arm_value, operand, "a value after `=>`")
SPRX_EXPECT(arm_end, terminator, "`;` after this value")
SPRX_EXPECT(choose_body, open_brace, "`{` after `choose`")
SPRX_EXPECT(term_when, other, "`when` after this number")
SPRX_EXPECT(term_condition, operand, "a condition after `when`")
SPRX_EXPECT(score_body, open_brace, "`{` after `score`")
SPRX_EXPECT(list_end, bracket, "`,` or `]` in this list")
SPRX_EXPECT(call_argument, operand, "an argument after `,`")
SPRX_EXPECT(call_end, bracket, "`,` or `)` in this call")
SPRX_EXPECT(paren_condition, operand, "a condition after `(`")
SPRX_EXPECT(paren_end, bracket, "`)` after this condition")
SPRX_EXPECT(subscript_value, operand, "a key")
SPRX_EXPECT(subscript_end, bracket, "`,` or `]` after this key")
SPRX_EXPECT(fallback_value, operand, "a value after `\?\?`")
SPRX_EXPECT(word_operand, operand, "a value after this operator")
SPRX_EXPECT(sign_operand, operand, "a value after this operator")
SPRX_EXPECT(one_comparison, chain, "one comparison")
SPRX_EXPECT(no_comparison, exists, "the end of this condition")
SPRX_EXPECT(exists_operand, operand, "a field after `exists`")
SPRX_EXPECT(not_operand, operand, "a condition after `not`")
SPRX_EXPECT(and_operand, operand, "a condition after `and`")
SPRX_EXPECT(or_operand, operand, "a condition after `or`")
SPRX_EXPECT(next_argument, operand, "a value after `,`")
SPRX_EXPECT(assigned_value, operand, "a value after `=`")
SPRX_EXPECT(action_end, terminator, "`;` after this statement")
SPRX_EXPECT(log_value, operand, "a value after `=`")
SPRX_EXPECT(log_end, terminator, "`;` after this value")
SPRX_EXPECT(condition, operand, "a condition after `when`")
SPRX_EXPECT(condition_end, terminator, "`;` after this condition")
SPRX_EXPECT(over_name, name, "the name of a limit after `over`")
SPRX_EXPECT(over_end, terminator, "`;` after this limit's name")
SPRX_EXPECT(let_name, name, "a name after `let`")
SPRX_EXPECT(let_assign, other, "`=` after this name")
SPRX_EXPECT(let_value, operand, "a value after `=`")
SPRX_EXPECT(let_end, terminator, "`;` after this value")
SPRX_EXPECT(declared_name, name, "a name")
SPRX_EXPECT(type_colon, other, "`:` and a type after this name")
SPRX_EXPECT(type_name, name, "a type such as `string` or `cidr`")
SPRX_EXPECT(file_name, other, "a file name in quotes")
SPRX_EXPECT(from_word, other, "`from` and a file name")
SPRX_EXPECT(block_here, open_brace, "`{` and a block")
SPRX_EXPECT(declaration_end, terminator, "`;` after this declaration")
SPRX_EXPECT(plain_end, terminator, "`;` after this declaration")
SPRX_EXPECT(allow_code, name, "a code such as `E3001` after `allow`")
SPRX_EXPECT(allow_reason, other, "a reason in quotes")
SPRX_EXPECT(entry_arrow, arrow, "`=>` after this key")
SPRX_EXPECT(entry_value, operand, "a value after `=>`")
SPRX_EXPECT(inline_data, other, "`[` or `{` after `=`")
SPRX_EXPECT(table_arrow, other, "`->` and the type of the values")
SPRX_EXPECT(table_source, other, "`=` or `from` and the table's rows")
SPRX_EXPECT(flag_assign, other, "`= on` or `= off` after this name")
SPRX_EXPECT(flag_value, other, "`on` or `off`")
SPRX_EXPECT(rule_body, open_brace, "`{` after this rule's name")
SPRX_EXPECT(group_body, open_brace, "`{` and this group's rules")

#undef SPRX_EXPECT

}  // namespace sprx::rules
