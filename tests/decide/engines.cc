#include "tests/decide/engines.h"

#include "compiler/table/table.h"
#include "runtime/decide/state.h"

namespace sprx::test {

std::string describe(const RuleSet& rules, Phase phase, const Decision& d) {
  constexpr std::string_view kOutcomes[] = {"pass", "forward", "respond", "redirect", "deny", "drop", "failed"};
  std::string out(kOutcomes[static_cast<std::size_t>(d.outcome)]);
  const auto add = [&](std::string_view what, std::string_view value) {
    out += " | ";
    out += what;
    out += "=";
    out += value;
  };
  if (d.outcome != Outcome::pass) add("by", rules.pool.strings.view(rules.of(phase)[d.rule].name));
  if (d.status != 0) add("status", std::to_string(d.status));
  if (d.outcome == Outcome::redirect) add("location", d.location);
  if (d.keep_query != KeepQuery::no) add("keep", d.keep_query == KeepQuery::yes ? "yes" : "unless_set");
  if (d.has_body) add("body", d.body);
  if (!d.content_type.empty()) add("type", d.content_type);
  for (const DecidedHeader& header : d.headers) add("header " + std::string(header.name), header.value);
  for (const Edit& edit : d.edits) {
    std::string what(info(edit.word).name);
    what += " " + std::to_string(static_cast<int>(edit.target));
    for (std::uint32_t i = 0; i < edit.name_count; ++i) {
      what += " " + std::string(rules.pool.strings.view(rules.names[edit.first_name + i]));
    }
    add(what, edit.present ? std::string(edit.text) + std::string(edit.attributes) + "/" + std::to_string(edit.number)
                           : "absent");
  }
  for (const RuleIndex rule : d.matched) add("rule", rules.pool.strings.view(rules.of(phase)[rule].name));
  for (const RuleIndex rule : d.would) add("would", rules.pool.strings.view(rules.of(phase)[rule].name));
  for (const DecidedBan& ban : d.bans) {
    const DynamicList& list = rules.dynamic_lists[static_cast<std::size_t>(ban.list)];
    add("ban " + std::string(rules.pool.strings.view(list.name)),
        live_key_text(list.kind, ban.key) + " for " + std::to_string(ban.for_us));
  }
  for (const LogField& field : d.log) add("log " + std::string(field.key), field.value);
  if (d.has_origin) add("origin", d.origin);
  if (d.dropped_control != 0) add("dropped", std::to_string(d.dropped_control));
  return out;
}

namespace {

/// What `apply` makes the body of once it knows the type, and what was asked of the ledger.
std::string beside(const Decision& d, const TestLedger& ledger) {
  std::string out = " | escaping " + std::to_string(static_cast<int>(d.escaping));
  for (const TextPart& part : d.body_parts) {
    out += " | part " + std::to_string(static_cast<int>(part.origin)) + (part.is_path ? " path" : "") +
           (part.made ? " made " : " ") + std::string(part.text);
  }
  return out + " | asked " + ledger.asked;
}

}  // namespace

std::string difference(const DecisionTable& table, const LiveView& live, Message& message, Phase phase,
                       Scratch& scratch, Decision* decided) {
  static const ResponseHead kNone{};
  const RequestFacts& facts = message.facts(table.rules());
  const ResponseHead* response = phase == Phase::request ? nullptr : message.response();
  TestLedger ledger;
  TestLedger plain_ledger;
  Decision fast;
  Decision plain;
  if (phase == Phase::request) {
    decide_request(table, facts, live, ledger, scratch, message.arena(), fast);
  } else {
    decide_response(table, facts, response == nullptr ? kNone : *response, live, ledger, scratch, message.arena(),
                    fast);
  }
  decide_plain(table, phase, facts, response, live, plain_ledger, message.arena(), plain);
  const std::string index = describe(table.rules(), phase, fast) + beside(fast, ledger);
  const std::string judge = describe(table.rules(), phase, plain) + beside(plain, plain_ledger);
  if (decided != nullptr) *decided = fast;
  return index == judge ? std::string() : "index: " + index + "\nplain: " + judge + "\n" + message.text() + dump(table);
}

}  // namespace sprx::test
