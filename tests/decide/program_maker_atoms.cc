// Conditions of random programs.
#include "tests/decide/program_maker.h"
#include "tests/decide/program_words.h"

namespace sprx::test {

ExprId ProgramMaker::text_field(Builder& b) {
  switch (below(response_ ? 15 : 13)) {
    case 0:
      return b.field(Field::header, "x");
    case 1:
      return b.field(Field::header_all, "x");
    case 2:
      return b.field(Field::query, "k");
    case 3:
      return b.field(Field::query_all, "k");
    case 4:
      return b.field(Field::query_names);
    case 5:
      return b.field(Field::cookie, "c");
    case 6:
      return b.field(Field::cookie_values);
    case 7:
      return b.field(Field::path_extension);
    case 8:
      return b.field(Field::method);
    case 9:
      return lets_ > 0 ? b.let(static_cast<std::uint32_t>(below(lets_))) : b.field(Field::path_file);
    case 10:
      return b.call(Function::lower, {b.field(Field::header, "x")});
    case 11:
      return made_text(b);
    case 12:
      return b.call(Function::tokens, {b.field(chance(50) ? Field::header : Field::header_all, "x")});
    case 13:
      return b.field(Field::response_header, "x");
    default:
      return b.field(Field::response_media_type);
  }
}

ExprId ProgramMaker::made_text(Builder& b) {
  const ExprId text = b.field(chance(50) ? Field::header : Field::header_all, "x");
  switch (below(9)) {
    case 0:
      return b.call(Function::regex_replace,
                    {text, b.pattern(pattern_text(kPatterns), chance(30)), b.text(pattern_captures ? "<\\0>" : "-")});
    case 1:
      return b.call(Function::split,
                    {text, b.text(chance(50) ? "o" : " "), b.number(static_cast<std::int64_t>(below(5)) - 2)});
    case 2:
      return b.call(Function::base64_decode, {b.call(Function::base64_encode, {text})});
    case 3:
      return b.call(Function::sha256, {b.field(Field::query, "k")});
    case 4:
      return b.call(Function::hmac_sha256, {b.text("key"), text});
    case 5:
      return b.call(chance(50) ? Function::list_add : Function::list_remove, {text, b.text(word())});
    case 6:
      return b.call(Function::subnet, {b.field(Field::client_ip), b.number(24), b.number(48)});
    case 7:
      return b.call(Function::accepts_language, {b.text("en"), b.text("de-AT")});
    default:
      return b.call(chance(50) ? Function::accepts_type : Function::accepts_encoding,
                    {b.text("br"), b.text("identity")});
  }
}

ExprId ProgramMaker::score(Builder& b, int depth) {
  std::vector<ExprId> terms;
  for (std::size_t n = 1 + below(4); n > 0; --n) {
    terms.push_back(depth == 0 ? atom(b, below(26)) : condition(b, depth - 1));
    terms.push_back(b.number(static_cast<std::int64_t>(below(9)) - 4));
  }
  return b.many(Op::score, Type::integer, terms);
}

std::vector<std::string> ProgramMaker::rows(std::size_t kind) {
  std::vector<std::string> out;
  const std::size_t count = chance(10) ? 40 : 1 + below(5);
  for (std::size_t i = 0; i < count; ++i) {
    switch (static_cast<KeyKind>(kind)) {
      case KeyKind::string:
        out.push_back(i < 8 ? word() : "row" + std::to_string(i));
        break;
      case KeyKind::path:
        out.push_back(i < 8 ? path_text() : "/row/" + std::to_string(i));
        break;
      case KeyKind::host:
        out.push_back(host_text());
        break;
      case KeyKind::domain:
        out.push_back((chance(20) ? "=" : chance(20) ? "*." : "") + host_text());
        break;
      case KeyKind::cidr:
        out.emplace_back(one_of(kCidrs));
        break;
      case KeyKind::ip:
        out.push_back(address_text());
        break;
      case KeyKind::integer:
        out.push_back(chance(50) ? std::to_string(below(20))
                                 : std::to_string(below(10)) + ".." + std::to_string(8 + below(10)));
        break;
      case KeyKind::pattern:
        out.push_back(pattern_text(kPatterns));
        break;
      case KeyKind::path_template:
        out.push_back(template_text(kPathTemplates, TemplateKind::path));
        break;
      case KeyKind::host_template:
        out.push_back(template_text(kHostTemplates, TemplateKind::host));
        break;
    }
  }
  return out;
}

ExprId ProgramMaker::list_atom(Builder& b) {
  const std::size_t kind = below(10);
  const auto key = static_cast<KeyKind>(kind);
  const bool text = key <= KeyKind::host;
  const auto mode = text ? static_cast<MatchMode>(below(5)) : MatchMode::exact;
  const bool nocase = (text || key == KeyKind::path_template) && chance(30);
  const std::uint32_t list = !b.rules.lists.empty() && chance(20)
                                 ? static_cast<std::uint32_t>(below(b.rules.lists.size()))
                                 : b.list(key, rows(kind), mode, nocase);
  switch (b.rules.lists[list].keys.kind) {
    case KeyKind::string:
    case KeyKind::pattern:
      return b.in(chance(80) ? text_field(b) : b.field(Field::path), list);
    case KeyKind::path:
    case KeyKind::path_template:
      return b.in(b.field(Field::path), list);
    case KeyKind::host:
    case KeyKind::domain:
    case KeyKind::host_template:
      return b.in(b.field(Field::host), list);
    case KeyKind::cidr:
    case KeyKind::ip:
      return b.in(b.field(Field::client_ip), list);
    case KeyKind::integer:
      return b.in(b.call(Function::int_of, {b.field(Field::query, "k")}), list);
  }
  return b.always();
}

ExprId ProgramMaker::atom(Builder& b, std::size_t number) {
  const ExprId path = b.field(Field::path);
  const ExprId host = b.field(Field::host);
  const ExprId ip = b.field(Field::client_ip);
  switch (number) {
    case 0:
    case 1:
      return b.op(Op::equal, path, b.path(path_text()), chance(20));
    case 2:
    case 3:
      return b.op(Op::equal, host, b.host(host_text()));
    case 4:
      return b.op(Op::equal, text_field(b), b.text(word()), chance(30));
    case 5:
      return b.op(Op::equal, b.field(Field::method), b.text(chance(50) ? "GET" : "POST"));
    case 6:
      return b.op(Op::equal, ip, b.ip(address_text()));
    case 7:
      return b.op(Op::equal, b.field(Field::port), b.number(chance(50) ? 8080 : 80));
    case 8:
      return b.op(static_cast<Op>(static_cast<int>(Op::less) + static_cast<int>(below(4))),
                  b.call(Function::int_of, {b.field(Field::query, "k")}),
                  b.number(static_cast<std::int64_t>(below(15))));
    case 9:
    case 10:
    case 11:
    case 12:
    case 13:
      return list_atom(b);
    case 14:
      return b.in_cidr(ip, one_of(kCidrs));
    case 15:
      return b.in_range(b.field(Field::port), 80, 443 + static_cast<std::int64_t>(below(9000)));
    case 16:
    case 17:
      return b.op(Op::under, path, b.path(path_text()), chance(20));
    case 18:
      return b.op(Op::under, host, b.host(host_text()));
    case 19:
      return b.op(Op::contains, chance(50) ? text_field(b) : path, b.text(word()), chance(30));
    case 20:
      return b.op(Op::starts_with, chance(50) ? text_field(b) : path, b.text(chance(50) ? word() : path_text()),
                  chance(30));
    case 21:
      return b.op(Op::ends_with, chance(50) ? text_field(b) : host, b.text(word()), chance(30));
    case 22:
      return b.like(path, template_text(kPathTemplates, TemplateKind::path), TemplateKind::path, kNoSlots, chance(20));
    case 23:
      return b.like(host, template_text(kHostTemplates, TemplateKind::host), TemplateKind::host);
    case 24:
      return b.matches(chance(60) ? text_field(b) : path, pattern_text(kPatterns), chance(30));
    case 25:
      return b.exists(text_field(b));
    case 26: {
      const std::size_t kind = one_of(std::to_array<std::size_t>({0, 1, 3, 4, 7}));
      const std::vector<std::string> keys = rows(kind);
      const auto key = static_cast<KeyKind>(kind);
      const std::uint32_t table = b.table("t" + std::to_string(b.rules.tables.size()), b.keys(key, keys), keys);
      const ExprId left = key == KeyKind::path     ? path
                          : key == KeyKind::domain ? host
                          : key == KeyKind::cidr   ? ip
                                                   : text_field(b);
      return chance(50) ? b.in_table(left, table)
                        : b.op(Op::equal, b.lookup(table, left), b.text(keys[below(keys.size())]));
    }
    case 27:
      return b.any({b.op(Op::equal, path, b.path(path_text())), b.op(Op::under, host, b.host(host_text()))});
    case 28: {
      const std::uint32_t table = b.numbers("n" + std::to_string(b.rules.tables.size()),
                                            b.keys(KeyKind::path, {"/a", "/b", "/a/b"}), {1, 0, 1}, Type::boolean);
      return b.holds(b.lookup(table, path));
    }
    case 29:
      return b.op(static_cast<Op>(static_cast<int>(Op::equal) + static_cast<int>(below(5))), score(b, 0),
                  b.number(static_cast<std::int64_t>(below(7)) - 3));
    case 30:
      return b.op(Op::less, b.call(Function::bucket, {b.field(Field::query, "k"), b.text("s"), b.number(4)}),
                  b.number(2));
    case 31:
      return b.flag(one_of(kFlags), chance(50));
    case 32:
      return b.in_dynamic(ip, dynamic_list(b, chance(50) ? KeyKind::ip : KeyKind::cidr));
    case 34:
      return literal_atom(b);
    case 33:
      return chance(30)   ? b.in_dynamic(host, dynamic_list(b, KeyKind::host))
             : chance(50) ? b.in_dynamic(path, dynamic_list(b, KeyKind::path))
                          : b.in_dynamic(text_field(b), dynamic_list(b, KeyKind::string));
    default:
      return response_ ? b.op(Op::equal, b.field(Field::response_status), b.number(200))
                       : b.exists(b.field(Field::header_all, "y"));
  }
}

/// What the literal scans of the index find, and what they refuse: lists and single texts, patterns that need one
/// literal, one of several, or none.
ExprId ProgramMaker::literal_atom(Builder& b) {
  const ExprId left = chance(70) ? b.field(chance(50) ? Field::header : Field::header_all, "z") : text_field(b);
  switch (below(5)) {
    case 0: {
      std::vector<std::string> texts;
      for (std::size_t n = 1 + below(chance(10) ? 60 : 6); n > 0; --n) texts.push_back(fragment());
      const bool nocase = chance(40);
      const auto mode = static_cast<MatchMode>(static_cast<int>(MatchMode::contains) + static_cast<int>(below(3)));
      return b.in(left, b.list(KeyKind::string, texts, mode, nocase));
    }
    case 1:
      return b.matches(left, pattern_text(kLiteralPatterns), chance(50));
    case 2:
      return b.in(left, b.list(KeyKind::pattern,
                               {pattern_text(kLiteralPatterns), pattern_text(kLiteralPatterns), fragment() + "$"}));
    default:
      return b.op(static_cast<Op>(static_cast<int>(Op::contains) + static_cast<int>(below(3))), left,
                  b.text(fragment()), chance(40));
  }
}

ExprId ProgramMaker::capture_atom(Builder& b) {
  const std::uint32_t slot = next_slot_;
  next_slot_ += 2;
  if (chance(60)) return b.like(b.field(Field::path), one_of(kPathTemplates), TemplateKind::path, slot);
  if (chance(50)) return b.like(b.field(Field::host), one_of(kHostTemplates), TemplateKind::host, slot);
  return b.matches(text_field(b), one_of(kPatterns), chance(30), pattern_captures ? slot : kNoSlots);
}

ExprId ProgramMaker::condition(Builder& b, int depth) {
  const std::size_t form = below(depth == 0 ? 5 : 10);
  if (form < 4) return chance(20) ? literal_atom(b) : plain_condition(b);
  if (form < 5) return capture_atom(b);
  if (form < 6) return b.negate(condition(b, depth - 1));
  std::vector<ExprId> parts;
  for (std::size_t n = 1 + below(3); n > 0; --n) parts.push_back(condition(b, depth - 1));
  return b.many(form < 9 ? Op::all : Op::any, Type::boolean, parts);
}

}  // namespace sprx::test
