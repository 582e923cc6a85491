#include "tests/decide/program_maker.h"

#include "tests/decide/program_words.h"

namespace sprx::test {

Message ProgramMaker::message() {
  std::string target = path_text();
  if (chance(60)) {
    target += '?';
    for (std::size_t n = below(4); n > 0; --n) {
      target += std::string(chance(70) ? "k" : "l") + (chance(85) ? "=" + word() : "") + (n > 1 ? "&" : "");
    }
  }
  const std::int64_t when = kNow + static_cast<std::int64_t>(below(5)) * 1'000'000;
  Message m(target, host_text() + (chance(20) ? ":8080" : ""), chance(70) ? "GET" : "POST");
  for (const char* name : {"X", "Y", "x"}) {
    if (chance(50)) m.header(name, (chance(20) ? "a, " : "") + word() + (chance(20) ? " " + word() : ""));
  }
  if (chance(60)) m.header("Z", fragment() + (chance(50) ? fragment() : "") + (chance(20) ? " " + fragment() : ""));
  if (chance(20)) m.header("Z", fragment());
  if (chance(60)) m.header("Cookie", "c=" + word() + "; d=" + word());
  if (chance(40)) m.header("Accept-Language", chance(50) ? "de, en;q=0.5" : "en-GB");
  if (chance(40)) m.header("Accept-Encoding", chance(50) ? "gzip, br;q=0.1" : "*;q=0");
  if (chance(80)) m.header("X-Forwarded-For", address_text());
  if (chance(30)) m.header("X-Forwarded-Proto", "https");
  m.at(when);
  m.respond(chance(60) ? 200 : 404,
            {{"Content-Type", chance(50) ? "text/html; charset=utf-8" : "image/png"}, {"X", word()}});
  return m;
}

ExprId ProgramMaker::value(Builder& b, int depth) {
  switch (below(depth == 0 ? 6 : 11)) {
    case 0:
      return b.text(word());
    case 1:
      return text_field(b);
    case 2:
      return b.field(Field::uri);
    case 3:
      return next_slot_ > kFirstSlot
                 ? b.capture(kFirstSlot + static_cast<std::uint32_t>(below(next_slot_ - kFirstSlot)))
                 : b.field(Field::host);
    case 4:
      return b.field(Field::path);
    case 5:
      return made_text(b);
    case 6:
      return b.concat({value(b, depth - 1), value(b, depth - 1)});
    case 7:
      return b.many(Op::fallback, Type::string, {value(b, depth - 1), b.text("none")}, Origin::client);
    case 8:
      return score(b, depth - 1);
    case 9:
      return b.call(Function::replace, {b.field(Field::path), b.text("a"), b.text("%/")});
    default:
      return b.many(Op::choose, Type::string, {atom(b, below(8)), value(b, depth - 1), value(b, depth - 1)},
                    Origin::client);
  }
}

void ProgramMaker::add_lets(Builder& b) {
  for (std::size_t n = below(4); n > 0; --n) {
    const ExprId chosen =
        chance(50) ? value(b, 2)
                   : b.many(Op::choose, Type::string, {atom(b, below(kAtoms)), b.text("foo"), b.text("bar")});
    const ExprId text = b.concat({chosen});
    lets_ = b.define_let("let" + std::to_string(b.rules.lets.size()), text) + 1;
  }
  // Conditions, of conditions before them too, as the compiler makes them.
  conditions_.clear();
  for (std::size_t n = below(4); n > 0; --n) {
    std::vector<ExprId> parts;
    for (std::size_t part = 1 + below(3); part > 0; --part) parts.push_back(plain_condition(b));
    const ExprId when = b.many(chance(70) ? Op::all : Op::any, Type::boolean, parts);
    const bool yes = chance(80);
    const ExprId value =
        b.many(Op::choose, Type::boolean, {when, b.rules.pool.boolean(yes), b.rules.pool.boolean(!yes)});
    conditions_.push_back(b.holds(b.let(b.define_let("is" + std::to_string(b.rules.lets.size()), value))));
  }
}

ExprId ProgramMaker::plain_condition(Builder& b) {
  return !conditions_.empty() && chance(40) ? one_of(conditions_) : atom(b, below(kAtoms));
}

std::uint32_t ProgramMaker::dynamic_list(Builder& b, KeyKind kind) {
  const std::string name = "d" + std::to_string(static_cast<int>(kind));
  for (std::uint32_t i = 0; i < b.rules.dynamic_lists.size(); ++i) {
    if (b.rules.dynamic_lists[i].kind == kind) return i;
  }
  return b.dynamic_list(name, kind);
}

void ProgramMaker::fill(OwnLive& live) {
  for (const std::string_view flag : kFlags) {
    if (chance(50)) live.set_flag(flag, chance(50));
  }
  std::string why;
  for (int i = 0; i < 3; ++i) {
    static_cast<void>(live.put("d5", address_text(), &why));
    static_cast<void>(live.put("d4", one_of(kCidrs), &why));
    static_cast<void>(live.put("d1", path_text(), &why));
    static_cast<void>(live.put("d2", host_text(), &why));
    static_cast<void>(live.put("d0", word(), &why));
  }
}

LimitId ProgramMaker::limit(Builder& b) {
  if (b.rules.limits.size() > 1 && chance(60)) return LimitId{static_cast<std::uint32_t>(below(b.rules.limits.size()))};
  std::vector<ExprId> keys;
  for (std::size_t n = below(3); n > 0; --n) keys.push_back(chance(50) ? b.field(Field::client_ip) : text_field(b));
  return b.limit("l" + std::to_string(b.rules.limits.size()), keys);
}

Guard ProgramMaker::guard(Builder& b, Phase phase) {
  Guard guard;
  if (chance(30)) guard.since_us = kNow + static_cast<std::int64_t>(below(4)) * 1'000'000;
  if (chance(30)) guard.until_us = kNow + static_cast<std::int64_t>(1 + below(5)) * 1'000'000;
  if (phase == Phase::request && chance(60)) guard.over = limit(b);
  guard.dry_run = chance(30);
  return guard;
}

std::vector<Action> ProgramMaker::actions(Builder& b, Phase phase) {
  std::vector<Action> out;
  const bool response = phase == Phase::response;
  for (std::size_t n = below(3); n > 0; --n) {
    if (chance(40)) {
      out.push_back(b.edit(ActionWord::log, Target::none, {"l"}, value(b, 2)));
    } else if (response) {
      out.push_back(b.edit(ActionWord::set, Target::response_header, {"Z"}, value(b, 2)));
    } else {
      const Target target =
          one_of(std::to_array({Target::header, Target::query, Target::cookie, Target::path, Target::host}));
      out.push_back(b.edit(ActionWord::set, target, {"Z"}, value(b, 2)));
    }
  }
  if (chance(10)) out.push_back(b.ban(dynamic_list(b, KeyKind::ip), b.field(Field::client_ip), 1'000'000));
  if (chance(5)) out.push_back(b.ban(dynamic_list(b, KeyKind::string), text_field(b), 60'000'000));
  switch (below(12)) {
    case 0:
      out.push_back(b.redirect(b.concat({b.text("/to/"), value(b, 1)})));
      break;
    case 1:
      out.push_back(b.redirect(value(b, 2), KeepQuery::yes, 302));
      break;
    case 2:
      out.push_back(
          b.respond(503, b.concat({b.text("<p>"), value(b, 1)}), chance(50) ? "text/html" : "", {{"H", value(b, 1)}}));
      break;
    case 3:
      out.push_back(b.terminal(ActionWord::forward));
      break;
    default:
      break;
  }
  return out;
}

void ProgramMaker::add_rule(Builder& b, Phase phase, const std::vector<ExprId>& groups) {
  next_slot_ = kFirstSlot;
  const std::size_t form = below(10);
  ExprId when = form == 0 ? b.always() : condition(b, 2);
  if (form > 6) when = b.all({one_of(groups), when});
  if (form == 9) when = b.all({one_of(groups), b.all({atom(b, below(kAtoms)), when})});
  const std::string name = "r" + std::to_string(b.rules.of(phase).size());
  const std::vector<Action> made = actions(b, phase);
  if (chance(25)) {
    b.guarded(name, guard(b, phase), when, made, phase);
  } else {
    b.rule(name, when, made, phase);
  }
}

std::shared_ptr<const DecisionTable> ProgramMaker::program() {
  Builder b;
  b.rules.capture_slots = kFirstSlot + 100;
  lets_ = 0;
  next_slot_ = kFirstSlot;
  response_ = false;
  add_lets(b);
  std::vector<ExprId> groups;
  for (int i = 0; i < 3; ++i) groups.push_back(atom(b, i == 0 ? 2 : below(kAtoms)));
  for (std::size_t n = 1 + below(20); n > 0; --n) add_rule(b, Phase::request, groups);
  response_ = true;
  for (std::size_t n = below(6); n > 0; --n) add_rule(b, Phase::response, groups);
  return b.build();
}

}  // namespace sprx::test
