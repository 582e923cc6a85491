// The grammar of `.sprx` as PEGTL rules and nothing else; it reads like the reference's EBNF. `if_must` marks where the
// parser commits: what follows it must match, and each rule it names has one message in grammar/expected.h.
#pragma once

#include <tao/pegtl/ascii.hpp>
#include <tao/pegtl/rules.hpp>

#include "grammar/recovery.h"

namespace sprx::rules {

using namespace tao::pegtl;  // NOLINT: the grammar's own vocabulary

// Blanks and words. A token is followed by blanks.
struct comment : seq<one<'#'>, star<not_one<'\n'>>> {};
struct blanks : star<sor<plus<one<' ', '\t', '\r', '\n'>>, comment>> {};
struct word_end : not_at<identifier_other> {};
struct reserved
    : seq<sor<TAO_PEGTL_STRING("and"), TAO_PEGTL_STRING("or"), TAO_PEGTL_STRING("not"), TAO_PEGTL_STRING("exists"),
              TAO_PEGTL_STRING("nocase"), TAO_PEGTL_STRING("in"), TAO_PEGTL_STRING("like"), TAO_PEGTL_STRING("under"),
              TAO_PEGTL_STRING("matches"), TAO_PEGTL_STRING("contains"), TAO_PEGTL_STRING("starts_with"),
              TAO_PEGTL_STRING("ends_with"), TAO_PEGTL_STRING("choose"), TAO_PEGTL_STRING("score"),
              TAO_PEGTL_STRING("else"), TAO_PEGTL_STRING("when"), TAO_PEGTL_STRING("from")>,
          word_end> {};
struct structural : seq<sor<TAO_PEGTL_STRING("rule"), TAO_PEGTL_STRING("group"), TAO_PEGTL_STRING("let"),
                            TAO_PEGTL_STRING("list"), TAO_PEGTL_STRING("table"), TAO_PEGTL_STRING("tests"),
                            TAO_PEGTL_STRING("test"), TAO_PEGTL_STRING("include")>,
                        word_end> {};
template <typename Text>
struct word : seq<Text, word_end, blanks> {};
template <char... C>
struct sign : seq<string<C...>, blanks> {};

struct not_reserved : not_at<reserved> {};
struct plain_name : seq<not_reserved, identifier> {};
struct any_name : identifier {};
struct lower_word
    : seq<not_reserved, not_at<structural>, ranges<'a', 'z', '_'>, star<ranges<'a', 'z', '0', '9', '_'>>, word_end> {};
struct assign : seq<one<'='>, not_at<one<'=', '>', '~'>>, blanks> {};
struct comma : sign<','> {};
struct arrow : sign<'=', '>'> {};
struct empty_statement : sign<';'> {};

// Numbers.
struct digits : seq<digit, star<sor<digit, one<'_'>>>> {};
struct bare_address : seq<one<':'>, sor<xdigit, one<':'>>> {};
struct bare_date : seq<one<'-'>, digit, digit, one<'-'>> {};
struct whole : seq<word_end, not_at<one<'/'>>, not_at<one<'.'>, digit>, not_at<bare_address>, not_at<bare_date>> {};
struct integer : seq<opt<one<'-'>>, digits, whole> {};
struct rate : seq<digits, one<'/'>, star<digit>, one<'s', 'm', 'h'>, word_end> {};
struct unit : sor<TAO_PEGTL_STRING("ms"), TAO_PEGTL_STRING("KiB"), TAO_PEGTL_STRING("MiB"), TAO_PEGTL_STRING("GiB"),
                  one<'s', 'm', 'h', 'd'>> {};
struct measure : seq<digits, unit, word_end> {};
struct number_shape : failure {};
struct bad_number : seq<at<digit>, must<number_shape>> {};
struct range_end : seq<integer, blanks> {};
struct int_range : if_must<seq<integer, blanks, string<'.', '.'>, blanks>, range_end> {};

// Strings and patterns.
struct expression;
struct fallback;
struct dollar : seq<one<'$'>, not_at<one<'{'>>> {};
struct string_text : plus<sor<not_one<'"', '\\', '$', '\n'>, dollar>> {};
struct unicode_escape : seq<string<'u', '{'>, star<xdigit>, one<'}'>> {};
struct continuation : ranges<'\x80', '\xBF'> {};
struct string_escape : seq<one<'\\'>, sor<unicode_escape, seq<not_one<'\n', '\r'>, star<continuation>>>> {};
struct interpolated_value : seq<fallback> {};
struct interpolation_end : one<'}'> {};
struct interpolation_open : seq<string<'$', '{'>, blanks> {};
struct interpolation : nested<Nest::interpolation, if_must<interpolation_open, interpolated_value, interpolation_end>> {
};
struct string_end : one<'"'> {};
struct raw_open : string<'"', '"', '"'> {};
struct raw_end : string<'"', '"', '"'> {};
struct raw_text : plus<not_at<raw_end>, any> {};
struct raw_string : if_must<raw_open, opt<raw_text>, raw_end> {};
struct quoted_string : if_must<one<'"'>, star<sor<interpolation, string_escape, string_text>>, string_end> {};
struct string_literal : sor<raw_string, quoted_string> {};

struct regex_class_end : one<']'> {};
struct regex_escape : seq<one<'\\'>, not_one<'\n'>> {};
struct regex_class : if_must<one<'['>, star<sor<not_one<']', '\\', '\n'>, regex_escape>>, regex_class_end> {};
struct regex_slash_end : one<'/'> {};
struct regex_quote_end : one<'"'> {};
struct regex_slash
    : if_must<one<'/'>, star<sor<not_one<'/', '[', '\\', '\n'>, regex_escape, regex_class>>, regex_slash_end> {};
struct regex_quote_open : string<'r', '"'> {};
struct regex_quote : if_must<regex_quote_open, star<sor<not_one<'"', '\\', '\n'>, regex_escape>>, regex_quote_end> {};
struct regex_nocase : one<'i'> {};
struct regex_flags_end : word_end {};
struct regex : seq<sor<regex_slash, regex_quote>, must<opt<regex_nocase>, regex_flags_end>> {};

// Expressions, from the lowest precedence to the highest.
struct arm_value : seq<fallback> {};
struct arm_arrow : arrow_sign<arm_arrow> {};
struct arm_end : statement_end<arm_end> {};
struct else_arrow : arrow_sign<else_arrow> {};
struct otherwise : if_must<word<TAO_PEGTL_STRING("else")>, else_arrow, arm_value, arm_end> {};
struct choice : if_must<expression, arm_arrow, arm_value, arm_end> {};
struct choose_body : braced<Place::choose, sor<otherwise, choice>> {};
struct choose : if_must<word<TAO_PEGTL_STRING("choose")>, choose_body> {};
struct minus : sign<'-'> {};
struct term_when : word<TAO_PEGTL_STRING("when")> {};
struct term_condition : seq<expression> {};
struct term_number : seq<at<digit>, integer, blanks> {};
struct score_term : if_must<seq<opt<minus>, term_number>, term_when, term_condition, arm_end> {};
struct score_body : braced<Place::score, score_term> {};
struct score : if_must<word<TAO_PEGTL_STRING("score")>, score_body> {};

struct list_comma : item_comma<true> {};
struct key_comma : item_comma<false> {};
struct list_item : sor<int_range, fallback> {};
struct list_end : sign<']'> {};
struct list_literal
    : nested<Nest::code, if_must<sign<'['>, opt<list_item, star<list_comma, list_item>, opt<comma>>, list_end>> {};
struct call_argument : seq<fallback> {};
struct call_end : sign<')'> {};
struct call_open : seq<plain_name, blanks, sign<'('>> {};
struct call
    : nested<Nest::code, if_must<call_open, opt<fallback, star<if_must<list_comma, call_argument>>>, call_end>> {};
struct path : seq<not_reserved, identifier, star<one<'.'>, any_name>> {};
struct paren_condition : seq<expression> {};
struct paren_end : sign<')'> {};
struct paren : nested<Nest::code, if_must<sign<'('>, paren_condition, paren_end>> {};
struct named : seq<not_at<statement_start>, sor<call, seq<path, blanks>>> {};
struct primary : sor<choose, score, seq<sor<rate, measure, integer>, blanks>, seq<string_literal, blanks>,
                     seq<regex, blanks>, list_literal, named, paren, seq<other_value, blanks>, bad_number> {};

struct subscript_value : seq<fallback> {};
struct subscript_end : sign<']'> {};
struct subscript
    : nested<Nest::code,
             if_must<sign<'['>, subscript_value, star<if_must<key_comma, subscript_value>>, subscript_end>> {};
struct postfix : seq<primary, star<subscript>> {};
struct fallback_value : seq<postfix> {};
struct fallback : seq<postfix, star<if_must<sign<'?', '?'>, fallback_value>>> {};

struct word_operator_text
    : seq<sor<TAO_PEGTL_STRING("in"), TAO_PEGTL_STRING("like"), TAO_PEGTL_STRING("under"), TAO_PEGTL_STRING("matches"),
              TAO_PEGTL_STRING("contains"), TAO_PEGTL_STRING("starts_with"), TAO_PEGTL_STRING("ends_with")>,
          word_end> {};
struct sign_operator_text
    : sor<string<'=', '='>, string<'!', '='>, string<'<', '='>, string<'>', '='>, one<'<'>, one<'>'>> {};
struct word_operator : word_operator_text {};
struct sign_operator : sign_operator_text {};
struct negated : word<TAO_PEGTL_STRING("not")> {};
struct nocase : word<TAO_PEGTL_STRING("nocase")> {};
struct word_operand : sor<int_range, fallback> {};
struct sign_operand : seq<fallback> {};
struct tail : sor<if_must<seq<opt<negated>, opt<nocase>, word_operator, blanks>, word_operand>,
                  if_must<seq<opt<nocase>, sign_operator, blanks>, sign_operand>> {};
struct another_tail : seq<opt<word<TAO_PEGTL_STRING("not")>>, opt<word<TAO_PEGTL_STRING("nocase")>>,
                          sor<word_operator_text, seq<not_at<arrow>, sign_operator_text>>> {};
struct one_comparison : not_at<another_tail> {};
struct no_comparison : not_at<another_tail> {};
struct comparison : seq<fallback, opt<tail, must<one_comparison>>> {};
struct exists_operand : seq<postfix> {};
struct exists : if_must<word<TAO_PEGTL_STRING("exists")>, exists_operand, no_comparison> {};
struct negation;
struct not_operand : seq<negation> {};
struct not_condition : nested<Nest::code, if_must<word<TAO_PEGTL_STRING("not")>, not_operand>> {};
struct negation : sor<not_condition, exists, comparison> {};
struct and_operand : seq<negation> {};
struct conjunction : seq<negation, star<if_must<word<TAO_PEGTL_STRING("and")>, and_operand>>> {};
struct or_operand : seq<conjunction> {};
struct expression : seq<conjunction, star<if_must<word<TAO_PEGTL_STRING("or")>, or_operand>>> {};

// Statements.
struct block;
struct action_word : lower_word {};
struct next_argument : seq<expression> {};
struct assigned_value : seq<expression> {};
struct assigned : if_must<assign, assigned_value> {};
struct action_end : sor<block, statement_end<action_end>> {};
struct arguments : seq<expression, star<sor<if_must<comma, next_argument>, expression>>> {};
struct action : if_must<seq<action_word, blanks>, opt<arguments>, opt<assigned>, action_end> {};
struct log_key : any_name {};
struct log_value : seq<expression> {};
struct log_end : statement_end<log_end> {};
struct log : if_must<seq<word<TAO_PEGTL_STRING("log")>, log_key, blanks, assign>, log_value, log_end> {};
struct block : braced<Place::block, sor<log, action, empty_statement>> {};

struct condition : seq<expression> {};
struct condition_end : statement_end<condition_end> {};
struct when : if_must<sor<word<TAO_PEGTL_STRING("when")>, given_here>, condition, condition_end> {};
struct over_name : seq<plain_name, blanks> {};
struct over_end : statement_end<over_end> {};
struct over : if_must<word<TAO_PEGTL_STRING("over")>, over_name, over_end> {};
struct let_name : declared<seq<plain_name, blanks>> {};
struct let_assign : assign {};
struct let_value : seq<expression> {};
struct let_end : statement_end<let_end> {};
struct let : if_must<word<TAO_PEGTL_STRING("let")>, let_name, let_assign, let_value, let_end> {};
struct rule_statement : sor<when, over, let, log, action, empty_statement> {};

// Declarations.
struct declared_name : declared<seq<plain_name, blanks>> {};
struct type_colon : sign<':'> {};
struct type_name : seq<plain_name, blanks> {};
struct file_name : seq<string_literal, blanks> {};
struct from_word : word<TAO_PEGTL_STRING("from")> {};
struct needed_block : braced<Place::block, sor<log, action, empty_statement>, true> {};
struct block_here : seq<needed_block> {};
struct declaration_end : sor<block, statement_end<declaration_end>> {};
struct plain_end : statement_end<plain_end> {};

struct allow_code : seq<plain_name, blanks> {};
struct allow_reason : seq<string_literal, blanks> {};
struct allow : if_must<word<TAO_PEGTL_STRING("allow")>, allow_code, allow_reason, plain_end> {};
struct include : if_must<word<TAO_PEGTL_STRING("include")>, file_name, plain_end> {};
struct settings : if_must<word<TAO_PEGTL_STRING("settings")>, block_here> {};

struct entry_arrow : arrow_sign<entry_arrow> {};
struct entry_value : seq<fallback> {};
struct map_entry : if_must<fallback, entry_arrow, entry_value, arm_end> {};
struct map_literal : braced<Place::map, map_entry> {};
struct inline_data : sor<list_literal, map_literal> {};
struct from_file : word<TAO_PEGTL_STRING("from")> {};
struct source : seq<sor<if_must<sor<assign, given_here>, inline_data>, if_must<from_file, file_name>>, opt<nocase>> {};
struct dynamic : word<TAO_PEGTL_STRING("dynamic")> {};
struct list_head : seq<opt<dynamic>, word<TAO_PEGTL_STRING("list")>> {};
struct list : sor<if_must<seq<list_head, types_first>, opt<source>, declaration_end>,
                  if_must<list_head, declared_name, type_colon, type_name, opt<source>, declaration_end>> {};
struct table_arrow : sign<'-', '>'> {};
struct table_source : seq<source> {};
struct table : sor<if_must<seq<word<TAO_PEGTL_STRING("table")>, types_first>, table_source, declaration_end>,
                   if_must<word<TAO_PEGTL_STRING("table")>, declared_name, type_colon, type_name, table_arrow,
                           type_name, table_source, declaration_end>> {};
struct redirects
    : if_must<word<TAO_PEGTL_STRING("redirects")>, declared_name, from_word, file_name, opt<nocase>, declaration_end> {
};
struct flag_assign : assign {};
struct flag_on : word<TAO_PEGTL_STRING("on")> {};
struct flag_value : sor<flag_on, word<TAO_PEGTL_STRING("off")>> {};
struct flag : if_must<word<TAO_PEGTL_STRING("flag")>, declared_name, flag_assign, flag_value, plain_end> {};
struct limit : if_must<word<TAO_PEGTL_STRING("limit")>, declared_name, block_here> {};
struct response : word<TAO_PEGTL_STRING("response")> {};
struct rule_body : braced<Place::rule, rule_statement> {};
struct rule : if_must<seq<opt<response>, word<TAO_PEGTL_STRING("rule")>>, declared_name, rule_body> {};
struct group_when : if_must<word<TAO_PEGTL_STRING("when")>, condition> {};
struct group;
struct group_item : sor<allow, include, list, table, let, redirects, rule, group, empty_statement> {};
struct group_body : braced<Place::group, group_item> {};
struct group : if_must<word<TAO_PEGTL_STRING("group")>, declared_name, opt<head<group_when>>, group_body> {};
struct tests : if_must<word<TAO_PEGTL_STRING("tests")>, declared_name, from_word, file_name, plain_end> {};
struct test : if_must<word<TAO_PEGTL_STRING("test")>, declared_name, block_here> {};
struct item : sor<allow, include, settings, list, table, redirects, flag, limit, let, rule, group, tests, test,
                  empty_statement> {};

struct byte_order_mark : string<'\xEF', '\xBB', '\xBF'> {};
struct file : seq<opt<byte_order_mark>, blanks, top_level<item>, eof> {};

}  // namespace sprx::rules
