// Checker: names, values, conditions and actions, which need each other. One file a topic, check_*.cc. What reads one
// kind of declaration has a reader of its own (TestReader, LinesReader, LimitReader, RowReader, CookieReader); what
// only looks at what is written and checked stands beside Checker, with its state if it has any (check_view.h).
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "compiler/ast.h"
#include "compiler/check_excluding.h"
#include "compiler/check_facts.h"
#include "compiler/check_plain_bodies.h"
#include "compiler/check_read_back.h"
#include "compiler/check_slashes.h"
#include "compiler/check_target_rows.h"
#include "compiler/check_view.h"
#include "compiler/data_file.h"
#include "compiler/diagnostics.h"
#include "compiler/facts.h"
#include "compiler/files.h"
#include "compiler/limits.h"
#include "compiler/program.h"
#include "compiler/said.h"
#include "compiler/scoped.h"
#include "compiler/scopes.h"
#include "compiler/table/canonical.h"
#include "compiler/target_walk.h"

namespace sprx {

struct Never;
struct BadRows;

/// An attribute of a response cookie as it is sent, `Max-Age=60`.
struct CookieAttribute {
  std::string text;
  Span where;
};

class Checker {
 public:
  Checker(FileReader& files, SourceSet& sources, DiagnosticList& out, const CheckLimits& limits);
  Checker(const Checker&) = delete;  // what stands beside it refers to its program
  Checker& operator=(const Checker&) = delete;

  /// Checks a whole configuration.
  CheckedProgram run(const ast::File& file, bool tests);

 private:
  // check_names.cc: declarations and scopes
  void declare_items(const std::vector<ast::Item>& items, Scope& scope);
  void declare(Scope& scope, Symbol symbol);
  [[nodiscard]] bool reserved_root(const ast::Ident& name);
  [[nodiscard]] bool excused(const Env& env, std::string_view name) const;
  void report_unused();

  // check_unknown.cc: names that mean nothing, and words of other languages
  void unknown_path(const ast::Expr& e, const Env& env);
  /// What an unknown name that is like no other may be.
  void explain_unknown(const ast::Expr& e, const Env& env, Diagnostic& d) const;
  void unknown_field(const ast::Expr& e);
  bool lost_capture(const ast::Expr& e, const Env& env);
  [[nodiscard]] std::string similar_name(const std::string& name, const Env& env) const;
  bool answer_foreign(const ast::Expr& e, std::string_view text);
  /// Whether a syntax error follows the value: what did not parse may go on with it.
  [[nodiscard]] bool is_cut(const ast::Expr& e) const;
  /// Whether a report of the parser's answers the unknown name.
  [[nodiscard]] bool said_by_parser(const ast::Expr& e) const;

  // check_values.cc: expressions that give a value
  Value value(const ast::Expr& e, Env& env, const Want& want = {});
  Value string_value(const ast::Expr& e, Env& env, const Want& want);
  Value path_value(const ast::Expr& e, Env& env);
  Value index_value(const ast::Expr& e, Env& env);
  Value field_value(const ast::Expr& e, const FieldInfo& field, const ast::Expr* key, Env& env);
  Value lookup_value(const ast::Expr& e, Symbol& table, Env& env);
  Value symbol_value(const ast::Expr& e, Symbol& symbol, Env& env);
  Value call_value(const ast::Expr& e, Env& env);
  bool foreign_call(const ast::Expr& e);
  bool call_arguments(const ast::Expr& e, const FunctionInfo& function, Env& env, std::vector<ExprId>& out,
                      bool* of_list);
  bool argument_count(const ast::Expr& e, const FunctionInfo& function);
  Value argument(const ast::Expr& e, Type wanted, Env& env);

  // check_arguments.cc: what literal arguments of each function have to be
  bool check_arguments(const ast::Expr& e, Function function, const Env& env, std::vector<ExprId>& ids);
  bool literal_text(const ast::Expr& e, const ast::Expr& call, ExprId id, std::string* out);
  bool literal_number(const ast::Expr& e, const ast::Expr& call, ExprId id, std::int64_t least, std::int64_t most,
                      std::string_view what);
  bool check_replacement(const ast::Expr& e, const Pattern& pattern);
  bool check_group(const ast::Expr& e, const std::string& text, const std::vector<Span>& places,
                   const Pattern& pattern);
  ExprId guarded_replacement(ExprId id);
  bool check_element(const ast::Expr& e, const ast::Expr& call, ExprId id);
  bool check_offers(const ast::Expr& e, Function function, std::span<const ExprId> ids);
  Value fallback_value(const ast::Expr& e, Env& env, const Want& want);
  Value choose_value(const ast::Expr& e, Env& env, const Want& want);
  Value score_value(const ast::Expr& e, Env& env);
  Value condition_value(const ast::Expr& e, Env& env);
  bool field_key(const FieldInfo& field, const ast::Expr& e, StrId* key);
  [[nodiscard]] ExprId concat(std::vector<ExprId> parts);
  [[nodiscard]] Origin origin_of(std::span<const ExprId> ids) const;
  [[nodiscard]] Origin origin_of_call(Function function, std::span<const ExprId> ids, const Env& env) const;
  bool count_node(const ast::Expr& e, Env& env);
  bool need_present(const Value& value, const Env& env, std::string_view place);

  // check_literals.cc: string literals read as what the context wants
  Value literal(const ast::Expr& e, const Want& want);
  ExprId path_literal(const ast::Expr& e, const Want& want);
  ExprId host_literal(const ast::Expr& e, const Want& want);
  ExprId ip_literal(const ast::Expr& e);
  ExprId time_literal(const ast::Expr& e);
  ExprId text_literal(const ast::Expr& e, const Want& want);
  // check_never.cc: literals that what they are compared with can never be
  bool can_equal(const ast::Expr& e, const std::string& text, const Want& want);
  bool number_can_equal(const ast::Expr& e, const Value& left, std::int64_t first, std::int64_t last);
  /// Of `<` and the like with a number; that it always holds is a lint.
  bool order_can_hold(const ast::Expr& e, const Value& left, const Value& right);
  void lint_range_always(const ast::Expr& e, const Value& left, std::int64_t first, std::int64_t last);
  bool fragment_can_match(const ast::Expr& e, const Value& left, MatchMode mode, bool nocase);
  bool pattern_can_match(const ast::Expr& e, const Value& left, const Pattern& pattern);
  /// False: the pattern is plain text that its subject never holds, which was reported (check_literal_patterns.cc).
  bool literal_pattern_can_match(const ast::Expr& right, const Value& left, bool nocase);
  /// Reports; true if it is a lint only.
  bool never(const ast::Expr& e, const Never& found);
  // check_bad_rows.cc: rows that make no host, path or redirect target
  /// What a value of the author's that is a row may be wrong with: a message and a help line.
  using RowFault = std::function<std::optional<std::pair<std::string, std::string>>(std::string_view)>;
  /// Reports each row at its place; false: nobody knows where they stand.
  bool report_bad_rows(const BadRows& bad, Kind kind, Span use, const RowFault& fault);
  /// Whether all rows that `value` can be pass `fault`; reports those that do not.
  bool rows_fit(ExprId value, const Env& env, Kind kind, Span use, const RowFault& fault);
  bool plain(const ast::Expr& e, std::string_view what);
  bool check_escapes(const ast::Expr& e);
  std::optional<Cidr> cidr_text(const std::string& text, const ast::Expr& e, bool addresses_only);

  // check_conditions.cc
  ExprId condition(const ast::Expr& e, Env& env);
  /// Puts the values that operands of an `and` or `or` ask the presence of into `asked_`; its size before.
  std::size_t note_presence(const ast::Expr& e);
  ExprId all_of(const ast::Expr& e, Env& env);
  ExprId any_of(const ast::Expr& e, Env& env);
  ExprId not_of(const ast::Expr& e, Env& env);
  ExprId comparison(const ast::Expr& e, Env& env);
  ExprId equality(const ast::Expr& e, Env& env);
  ExprId ordering(const ast::Expr& e, Env& env);
  ExprId text_operation(const ast::Expr& e, const Value& left, Env& env);
  ExprId under_operation(const ast::Expr& e, const Value& left, Env& env);
  ExprId bare_condition(const ast::Expr& e, Env& env);
  ExprId finish(const ast::Expr& e, ExprId positive);
  [[nodiscard]] Symbol* list_on_right(const ast::Expr& e, const Env& env) const;
  bool wants_text(const ast::Expr& e, const Value& left);
  // check_constants.cc: what asks nothing of a request
  bool constants_compared(const ast::Expr& e, const Env& env);
  void lint_constant_exists(const ast::Expr& e);
  bool bucket_of_request(const ast::Expr& e);
  bool key_of_each_request(const ast::Expr& e, const Value& key);

  // check_membership.cc: `in`, and lists on the right of other operators
  ExprId in_operation(const ast::Expr& e, const Value& left, Env& env);
  ExprId in_symbol(const ast::Expr& e, const Value& left, Symbol& symbol);
  ExprId in_dynamic(const ast::Expr& e, const Value& left, const Symbol& symbol);
  ExprId in_range(const ast::Expr& e, const Value& left);
  ExprId in_literal(const ast::Expr& e, const Value& left);
  ExprId list_operation(const ast::Expr& e, const Value& left, Symbol& symbol, const ListUse& use);
  bool comparable(const ast::Expr& e, const Value& left, const Symbol& symbol, KeyKind kind);
  std::optional<ListId> derived(const ast::Expr& e, Symbol& symbol, const ListUse& use);
  std::optional<ListId> anonymous(const ast::Expr& list, const ListUse& use, const Value& left);
  ExprId in_list(const Value& left, ListId list);

  // check_captures.cc: templates, patterns and what they bind
  ExprId like_operation(const ast::Expr& e, const Value& left, Env& env);
  ExprId matches_operation(const ast::Expr& e, const Value& left, Env& env);
  /// Says of a string that a pattern belongs here, and which is meant. `of_path`: `/` may be meant to be looked for.
  void string_for_pattern(const ast::Expr& e, std::string message, bool of_path);
  ExprId like_node(Template value, const Value& left, const ast::Expr& e, bool nocase, Env& env);
  std::optional<Template> template_of(const ast::Expr& e, TemplateKind kind);
  std::optional<PatternId> pattern_of(const ast::Expr& e, bool nocase = false);
  /// Looks for what a pattern is not read for; false if it is a mistake, which was reported.
  bool plain_pattern(const ast::Expr& e);
  /// Puts a pattern that compiled into the program, within the limits of all patterns together.
  std::optional<PatternId> take_pattern(Pattern value, Span where);
  std::uint32_t bind(const std::vector<std::string>& names, const std::vector<CaptureInfo>& infos, const ast::Expr& e,
                     const Value& left, Env& env);
  void join_branches(const ast::Expr& e, std::vector<std::vector<Capture>> branches, std::vector<ExprId>& operands,
                     const std::vector<std::uint32_t>& sizes, Env& env);
  ExprId shift_slots(ExprId id, std::uint32_t from, std::uint32_t by);
  bool name_capture(const std::string& name, Span where, Env& env);
  /// The end of what binds captures: those that are not used are told of if it is `whole`. `outer` is what stood in
  /// `uses_` before.
  void end_captures(CaptureUses outer, bool whole);

  // check_redirects.cc: targets and where client text may stand in them
  void report_target_fault(const TargetWalk& walk, ExprId part, Span where, TargetStates before, const ast::Expr& e,
                           const Env& env);
  ExprId target(const Value& value, const ast::Expr& e, const Env& env);
  ExprId flatten(const Value& value);
  /// Parts that are proven to be one of the author's texts go into the target as they are.
  std::vector<ExprId> proven_own(std::vector<ExprId> parts, const Env& env);

  // check_actions.cc, check_edits.cc, check_answers.cc
  struct RuleState;
  void action(const ast::Action& a, RuleState& rule);
  void unknown_action(const ast::Action& a);
  bool field_first(const ast::Action& a);
  void origin_action(const ast::Action& a, RuleState& rule);
  void log_action(const ast::Action& a, RuleState& rule);
  /// Reports what is nearly right, with its fix; false if nothing is.
  bool near_miss(const ast::Action& a, std::size_t most, bool assigned, bool block);
  /// Reports an argument, `=` or block that the action does not take; false if it has one.
  bool said_twice(const ast::Action& a);
  bool shape(const ast::Action& a, std::size_t least, std::size_t most, bool assigned, bool block,
             std::string_view usage);
  ExprId text_of(const ast::Expr& e, RuleState& rule, std::string_view place);
  void push(RuleState& rule, const ast::Action& a, Action action);
  void edit(const ast::Action& a, ActionWord word, RuleState& rule);
  bool edit_target(const ast::Expr& e, ActionWord word, RuleState& rule, Action& out);
  bool edit_plain_target(const ast::Expr& e, ActionWord word, RuleState& rule, Action& out);
  bool edit_names(const ast::Expr& e, ActionWord word, Action& out);
  bool edit_phase(const ast::Expr& e, RuleState& rule, Target target);
  bool edit_value(const ast::Action& a, RuleState& rule, Action& out);
  bool edit_path(const ast::Expr& e, RuleState& rule, Action& out);
  bool edit_host(const ast::Expr& e, RuleState& rule, Action& out);
  struct CookieReader;
  bool cookie(const ast::Action& a, const std::string& name, Action& out);  // check_cookies.cc
  /// The attributes of a block; those with mistakes are reported and left out.
  std::vector<CookieAttribute> cookie_attributes(const ast::Block& block);
  bool name_allowed(const ast::Expr& e, const std::string& name, Target target, ActionWord word);
  void terminal(const ast::Action& a, ActionWord word, RuleState& rule);
  bool foreign_redirect(const ast::Action& a, const Env& env);
  bool redirect(const ast::Action& a, RuleState& rule, Answer& answer);
  bool answer_block(const ast::Block& block, ActionWord word, RuleState& rule, Answer& answer);
  bool answer_header(const ast::Action& a, RuleState& rule, std::vector<AnswerHeader>& headers);
  bool answer_body(const ast::Action& a, RuleState& rule, Answer& answer);
  std::optional<std::string> body_file(const ast::Expr& e);
  bool answer_type(const ast::Action& a, Answer& answer);
  std::optional<std::uint16_t> status(const ast::Expr& e, std::uint16_t least, std::uint16_t most,
                                      std::string_view word);

  // check_files.cc: files that declarations name
  bool open_file(const ast::Expr& name, std::size_t most, Kind missing, Kind too_large, FileId* out);
  bool data_file(const ast::Expr& name, FileId* out);
  std::string similar_file(FileId from, const std::string& text);

  // check_lists.cc, check_rows.cc: rows of lists and tables, from literals and files
  struct RowReader;
  void check_list(Symbol& symbol);
  bool check_options(const ast::List& list, bool* first, bool* last);
  bool table_value_type(const ast::Ident& type, Type* out);
  void list_source(RowReader& reader, const ast::List& list);
  void read_file_rows(RowReader& reader, const ast::Source& source);
  void finish_list(Symbol& symbol, RowReader& reader);
  std::optional<KeyKind> key_kind(const ast::Ident& type, Type* out);
  bool add_key(Keys& keys, std::string_view text, Span where, const ast::Expr* e);
  bool add_key_expr(Keys& keys, const ast::Expr& e);
  bool add_text_key(Keys& keys, std::string_view text, Span where, const ast::Expr* e);
  bool add_prefix_key(Keys& keys, std::string_view text, Span where, const ast::Expr* e);
  bool add_pattern_key(Keys& keys, std::string_view text, bool nocase, Span where, const ast::Expr* e);
  bool add_template_key(Keys& keys, std::string_view text, Span where, const ast::Expr* e);
  bool add_integer_key(Keys& keys, std::string_view text, Span where);
  bool bad_row(Span where, const ast::Expr* e, std::string message, std::string help);
  /// A row for all keys that have none, as maps of other languages have it; true if it is no key of this table.
  bool default_row(const Symbol& table, KeyKind kind, const DataCell& key, std::string_view value, const ast::Expr* e);

  // check_lints.cc: what is right and hardly meant
  void lint_compared(const ast::Expr& e, const ast::Expr& literal, const Value& left, const Env& env);
  /// `?` in a literal of a path, as if the query were part of it.
  void lint_question(const ast::Expr& e, bool in_template = false);
  /// Client text where a `Location` that no `redirect` made names a host.
  void lint_location(std::string_view header, const ast::Expr& e, ExprId value, const RuleState& rule);
  // check_header_values.cc: what browsers make nothing of
  void lint_sent_value(std::string_view name, const ast::Expr& literal, RuleState& rule);

  // check_program.cc: items in the order in which they need each other
  struct GroupState;
  void walk(const std::vector<ast::Item>& items, GroupState& group);
  /// What later passes ask of lists and tables.
  void note_data();

  // check_rules.cc
  void statement(const ast::Statement& statement, RuleState& rule, std::vector<ExprId>& conditions);
  bool room_for_rule(Span where);
  void never_silent(Span where);
  ExprId joined(const std::vector<ExprId>& outer, const std::vector<ExprId>& own);
  void rule_body(const ast::Rule& r, const GroupState& group, RuleState& rule, std::vector<ExprId>& conditions);
  void group(const ast::Group& g, GroupState& parent);
  ExprId cut_condition(const ast::Expr& e, bool is_cut, Env& env);
  ExprId group_condition(const ast::Group& g, Env& env);
  void rule(const ast::Rule& r, GroupState& group);
  void unique(const ast::Ident& name, std::unordered_map<std::string, Span>& names, std::string_view what);
  void add_rule(Phase phase, const std::string& name, Span where, ExprId condition, std::vector<Action> actions,
                std::uint32_t guard = kNoGuard, Span owner = {});

  // check_redirects_file.cc, check_redirects_line.cc
  struct LinesReader;
  void redirects(const ast::Redirects& r, GroupState& group);

  // check_lets.cc
  void rule_let(const ast::Let& let, RuleState& rule);
  void check_let(Symbol& symbol, Env& env);
  void resolve_let(Symbol& symbol, const ast::Expr* use);

  // check_changing.cc: flags and dynamic lists, and the options of declarations
  void flag(const ast::Flag& flag, Scope& scope);
  bool room_for_changing(std::size_t count, Span where, std::string_view what);
  void check_dynamic(Symbol& symbol);
  bool dynamic_options(const ast::List& list, DynamicList& out);
  std::optional<std::int64_t> duration(const ast::Expr& e, std::string_view what, std::int64_t most);
  std::optional<std::int64_t> ban_duration(const ast::Expr& e);
  std::optional<std::int64_t> count(const ast::Action& a, std::int64_t most, Kind past);
  /// Tells of an option that was given before, or of another one of `option`, the name of what both decide.
  bool option_again(const ast::Action& a, std::map<std::string, Span>& given, const std::string& option = {});
  void unknown_option(const ast::Action& a, std::string_view what, const std::vector<std::string_view>& known);

  // check_limits.cc
  struct LimitReader;
  void declare_limit(const ast::Limit& limit);
  void check_limits(const std::vector<ast::Item>& items);

  // check_guards.cc: over, since, until, dry_run, ban
  std::uint32_t guard_id(const Guard& guard);
  bool guard_place(RuleState& rule, const std::string& word, Span where);
  void unknown_limit(const ast::Ident& name, const Env& env);
  void over(const ast::Over& over, RuleState& rule);
  void time_guard(const ast::Action& a, RuleState& rule);
  void dry_run(const ast::Action& a, RuleState& rule);
  void finish_guard(RuleState& rule);
  Symbol* banned_list(const ast::Expr& e, RuleState& rule);
  void ban_action(const ast::Action& a, RuleState& rule);
  bool ban_key(const ast::Expr& e, const Value& key, const Symbol& list, RuleState& rule);

  // check_slips.cc: slips whose meaning is plain; each is true when it has reported one
  bool missing_semicolon(const ast::Action& a, std::size_t at);
  bool redirect_in_order(const ast::Action& a);
  bool redirect_as_answer(const ast::Action& a);
  bool body_before_block(const ast::Action& a);
  bool file_after_in(const ast::Expr& e, const Value& left);
  bool statement_as_value(const ast::Expr& e);
  bool called_name(const ast::Expr& e, Env& env);
  bool part_of_name(const ast::Expr& e, const Env& env);
  bool name_in_quotes(const ast::Expr& right, const Env& env);
  bool flag_compared(const ast::Expr& e, const Env& env);
  bool bare_row(const Keys& keys, const ast::Expr& e);
  bool misnamed_else(const ast::Expr& e, const Env& env);
  bool misplaced_ban(const ast::Action& a);
  bool status_word(const ast::Action& a);
  bool asked_of_argument(const ast::Expr& e, const ast::Expr& call, const ast::Expr& literal);
  bool misplaced_edit(const ast::Action& a, const RuleState& rule);

  // check_tests.cc and its neighbours
  struct TestReader;
  void tests(const std::vector<ast::Item>& items);
  /// Remembers where the parts of a condition are written, for reports of what tests covered.
  void note_parts(ExprId condition, Span where);

  // check_settings.cc
  void settings(const ast::Settings& s);
  void setting_section(const ast::Action& a);
  void setting(const ast::Action& a, std::string_view section);
  void client_ip_header(const ast::Action& a, bool twice);
  std::optional<std::int64_t> setting_value(const ast::Action& a, const SettingInfo& info);

  /// Adds a diagnostic, with "in this rule" where one is being checked.
  Diagnostic& report(Kind kind, Span where, std::string message);
  [[nodiscard]] ExprPool& pool() { return program_.rules.pool; }
  [[nodiscard]] const ExprPool& pool() const { return program_.rules.pool; }
  [[nodiscard]] RuleSet& rules() { return program_.rules; }
  ExprId node(Op op, std::uint32_t a = 0, std::uint32_t b = 0, std::uint32_t c = 0, bool nocase = false) {
    return pool().add(
        {.op = op, .type = Type::boolean, .origin = Origin::own, .nocase = nocase, .a = a, .b = b, .c = c});
  }

  FileReader& files_;
  SourceSet& sources_;
  DiagnosticList& out_;
  const CheckLimits& limits_;
  CheckedProgram program_;
  const CheckView view_{program_.rules, sources_, out_};
  Prover prover_{program_.rules};
  SaidNames said_names_{out_};
  SaidResponse said_response_{out_};
  BareRows bare_rows_{sources_, out_};
  ReadBack read_back_{view_};
  Excluding excluding_{view_};
  Slashes slashes_{view_};
  TargetRows target_rows_{view_};
  PlainBodies plain_bodies_{view_};
  Scope top_;
  std::deque<Scope> scopes_;
  std::deque<Symbol> symbols_;
  std::unordered_map<const void*, Symbol*> by_declaration_;
  std::unordered_map<const ast::Group*, Scope*> group_scopes_;
  std::unordered_set<std::string> broken_names_;  ///< may have been declared in parts that did not parse
  std::map<std::tuple<std::uint32_t, KeyKind, MatchMode, bool>, ListId> derived_;
  std::map<std::string, ListId> anonymous_;
  std::map<std::string, Span> settings_given_;
  std::vector<const Symbol*> list_symbols_;  ///< by ListId, nullptr for anonymous and derived ones
  std::vector<const Symbol*> table_symbols_;
  std::vector<Symbol*> let_symbols_;
  std::vector<Symbol*> let_stack_;  ///< lets being checked, outermost first
  Construct construct_;             ///< being checked
  Span reader_;                     ///< name of the list, table or `redirects` whose file is being read
  bool in_replacement_ = false;     ///< the third argument of `regex_replace` is read
  std::uint32_t let_slots_ = 0;     ///< captures of top-level lets come first
  std::map<std::string, LimitSymbol> limit_symbols_;
  mutable std::uint64_t similar_work_ = kMaxSimilarWork;  ///< what suggestions of names may still cost
  std::unordered_set<std::string> taken_roots_;  ///< fields whose name was refused to a declaration: uses are silent
  std::size_t flag_count_ = 0;
  std::size_t dynamic_count_ = 0;
  std::size_t rule_count_ = 0;
  std::size_t row_count_ = 0;
  bool patterns_full_ = false;            ///< said already
  std::size_t pattern_instructions_ = 0;  ///< of the programs of all patterns
  bool templates_full_ = false;
  bool files_full_ = false;
  WrittenCondition noted_;  ///< the conditions being checked
  CaptureUses uses_;        ///< of the rule, group or let being checked
  std::vector<std::string_view>
      asked_;                 ///< sources of values whose absence is asked beside the condition being checked
  bool note_places_ = false;  ///< tests are read, and what they cover is asked for
  bool incomplete_ = false;   ///< syntax errors: whole-program lints are not given
  bool cut_ = false;  ///< the condition or action being checked goes on with a syntax error: its last value may be half
};

}  // namespace sprx
