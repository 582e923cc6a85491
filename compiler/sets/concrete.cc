#include "compiler/sets/concrete.h"

#include <algorithm>
#include <charconv>

#include "compiler/table/canonical.h"
#include "compiler/table/condition_nodes.h"

namespace sprx::sets {
namespace {

/// Longest target that is worked out.
constexpr std::size_t kMaxLocation = 8'192;

Value present(std::string_view text) {
  Value out;
  out.present = true;
  out.text = text;
  return out;
}

Value number(std::int64_t value) {
  Value out;
  out.present = true;
  out.integer = value;
  return out;
}

Value elements(std::vector<std::string> texts) {
  Value out;
  out.present = true;
  out.texts = std::move(texts);
  return out;
}

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char low = fold(c);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/// As the field `query` is decoded.
std::string decoded(std::string_view raw) {
  std::string out;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '%' && i + 2 < raw.size() && hex(raw[i + 1]) >= 0 && hex(raw[i + 2]) >= 0) {
      out += static_cast<char>(hex(raw[i + 1]) * 16 + hex(raw[i + 2]));
      i += 2;
    } else {
      out += raw[i] == '+' ? ' ' : raw[i];
    }
  }
  return out;
}

/// Whether a header comes from the client and not from what stands before the proxy, which may set it by scheme or
/// host.
bool is_of_client(std::string_view name, bool other_scheme) {
  for (const std::string_view usual : {"user-agent", "accept", "accept-language", "accept-encoding"}) {
    if (name == usual) return true;
  }
  if (other_scheme) return false;
  for (const std::string_view start : {"x-forwarded", "forwarded", "section-io", "via", "host", "origin", "cf-",
                                       "cloudfront-", "x-real-ip", "true-client-ip", "upgrade-insecure"}) {
    if (name.starts_with(start)) return false;
  }
  for (const std::string_view part : {"proto", "scheme", "https", "ssl", "tls", "port"}) {
    if (name.find(part) != std::string_view::npos) return false;
  }
  return true;
}

/// Where the next byte of a target will stand.
enum class Place : std::uint8_t { start, authority, path, query, fragment };

Place place_after(std::string_view text) {
  if (text.empty()) return Place::start;
  if (text.find('#') != std::string_view::npos) return Place::fragment;
  if (text.find('?') != std::string_view::npos) return Place::query;
  const std::size_t scheme = scheme_size(text);
  if (scheme == 0) return Place::path;
  const std::string_view rest = text.substr(scheme);
  if (rest.size() <= 2) return Place::authority;
  return rest.find('/', 2) == std::string_view::npos ? Place::authority : Place::path;
}

/// Whether `host`, perhaps with a port, is all of the authority of an absolute URL: `https://${host}.example.org` is
/// no URL of that host.
bool names_host(std::string_view url, std::string_view host) {
  std::string_view rest = url.substr(scheme_size(url));
  if (!rest.starts_with("//")) return false;
  rest.remove_prefix(2);
  rest = rest.substr(0, rest.find_first_of("/?#"));
  return rest.starts_with(host) && (rest.size() == host.size() || rest[host.size()] == ':');
}

}  // namespace

ConcreteRequest::ConcreteRequest(Space& space, const Box& base, const Url& url, std::string method,
                                 std::string canonical)
    : space_(space),
      base_(base),
      url_(url),
      method_(std::move(method)),
      path_(std::move(canonical)),
      captures_(space.rules().capture_slots) {
  read_query();
}

void ConcreteRequest::read_query() {
  std::string_view rest = url_.raw_query;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (part.empty()) continue;
    const std::size_t equals = std::min(part.find('='), part.size());
    query_.emplace_back(decoded(part.substr(0, equals)),
                        equals < part.size() ? decoded(part.substr(equals + 1)) : std::string{});
  }
}

bool is_guess(const ValueSet& set) {
  return set.value().present && !set.value().certain && set.literals().size() == 1 && set.literals()[0].truth;
}

std::optional<Value> ConcreteRequest::from_base(const Expr& e) {
  for (const ValueSet& set : base_.sets()) {
    // A part of a target that was proved to be the author's is the same field with another origin.
    const Expr& other = space_.pool()[set.subject()];
    if (other.op != e.op || other.a != e.a || other.b != e.b) continue;
    if (!set.value().certain) return std::nullopt;
    return set.value();
  }
  const auto field = static_cast<Field>(e.a);
  const bool cookies = field == Field::cookie || space_.pool().strings.view(StrId{e.b}) == "cookie";
  if (has_derived() || ((field == Field::header || field == Field::cookie) && cookies && names_cookies()))
    return std::nullopt;
  return Value{};
}

/// Whether the box names a cookie, or the header that all of them are sent in.
bool ConcreteRequest::names_cookies() const {
  return std::any_of(base_.sets().begin(), base_.sets().end(), [&](const ValueSet& set) {
    const Expr& e = space_.pool()[set.subject()];
    if (e.op != Op::field) return false;
    const auto field = static_cast<Field>(e.a);
    return field == Field::cookie || (field == Field::header && space_.pool().strings.view(StrId{e.b}) == "cookie");
  });
}

std::optional<Value> ConcreteRequest::field(const Expr& e) {
  const std::string_view key = space_.pool().strings.view(StrId{e.b});
  switch (static_cast<Field>(e.a)) {
    case Field::method:
      return present(method_);
    case Field::scheme:
      return present(url_.scheme);
    case Field::host:
      return present(url_.host);
    case Field::port:
      return number(url_.port);
    case Field::path:
      return present(path_);
    case Field::path_file:
      return present(std::string_view(path_).substr(path_.rfind('/') + 1));
    case Field::path_extension: {
      std::string segment = path_.substr(path_.rfind('/') + 1);
      const std::size_t dot = segment.rfind('.');
      if (dot == std::string::npos || dot == 0 || dot + 1 == segment.size()) return Value{};
      std::transform(segment.begin(), segment.end(), segment.begin(), fold);
      return present(segment.substr(dot + 1));
    }
    case Field::uri:
      return present(url_.raw_path + (url_.has_query ? "?" + url_.raw_query : ""));
    case Field::raw_path:
      return present(url_.raw_path);
    case Field::raw_query:
      return present(url_.raw_query);
    case Field::http_version:
      return present("HTTP/1.1");
    case Field::query:
      for (const auto& [name, text] : query_) {
        if (name == key) return present(text);
      }
      return Value{};
    case Field::query_all:
    case Field::query_names:
    case Field::query_values: {
      std::vector<std::string> out;
      const auto which = static_cast<Field>(e.a);
      for (const auto& [name, text] : query_) {
        if (which != Field::query_all || name == key) out.push_back(which == Field::query_names ? name : text);
      }
      return elements(std::move(out));
    }
    case Field::header:
    case Field::cookie:
    case Field::client_ip:
    case Field::geo_country:
    case Field::geo_region:
    case Field::geo_city: {
      std::optional<Value> out = from_base(e);
      if (out && !out->present && static_cast<Field>(e.a) == Field::client_ip) {
        out->present = true;
        out->address = number_of(*parse_ip("198.51.100.1"));
      }
      if (static_cast<Field>(e.a) == Field::header && !is_of_client(key, other_scheme_)) return std::nullopt;
      return out;
    }
    case Field::response_status:
      return status_ ? std::optional(number(*status_)) : std::nullopt;
    case Field::response_source:
      return status_ ? std::optional(present("rule")) : std::nullopt;
    default:
      return std::nullopt;
  }
}

std::optional<Value> ConcreteRequest::let(ExprId id, const Expr& e) {
  const bool keeps = !space_.reads_captures(id);
  if (const auto known = lets_.find(e.a); keeps && known != lets_.end()) return known->second;
  if (--lets_left_ < 0) return std::nullopt;
  std::optional<Value> out = value(space_.rules().lets[e.a].value);
  if (keeps) lets_.emplace(e.a, out);
  return out;
}

std::optional<Value> ConcreteRequest::lookup(const Expr& e) {
  const std::optional<Value> key = value(ExprId{e.b});
  if (!key || !key->present) return key;
  const Table& table = space_.rules().tables[e.a];
  const KeyLookup& keys = space_.rows_of(TableId{e.a});
  const Type type = space_.pool()[ExprId{e.b}].type;
  const std::uint32_t row = type == Type::ip        ? keys.find(address_of(key->address))
                            : type == Type::integer ? keys.find(key->integer)
                                                    : keys.find(space_.pool(), table.keys, key->text);
  if (row == kRowFailed) return std::nullopt;
  if (row == kNoRow) return Value{};
  rows_.emplace_back(e.a, row);
  if (table.value_type == Type::string) return present(space_.pool().strings.view(table.texts[row]));
  return number(table.integers[row]);
}

std::optional<Value> ConcreteRequest::choose(const Expr& e) {
  const std::span<const ExprId> parts = space_.pool().list(e);
  std::size_t i = 0;
  for (; i + 1 < parts.size(); i += 2) {
    const Truth truth = test(parts[i]);
    if (truth == Truth::unknown) return std::nullopt;
    if (truth == Truth::yes) return value(parts[i + 1]);
  }
  return i < parts.size() ? value(parts[i]) : Value{};
}

std::optional<Value> ConcreteRequest::concat(const Expr& e) {
  std::string out;
  for (const ExprId part : space_.pool().list(e)) {
    const std::optional<std::string> text = text_of(part);
    if (!text || out.size() + text->size() > kMaxLocation) return std::nullopt;
    out += *text;
  }
  return present(out);
}

std::optional<Value> ConcreteRequest::call(const Expr& e) {
  const auto function = static_cast<Function>(e.a);
  const std::span<const ExprId> arguments = space_.pool().list(e);
  for (const ExprId argument : arguments) {
    const std::optional<Value> known = value(argument);
    if (!known || !known->present) return known;
  }
  std::optional<Value> out = value(arguments[0]);
  const bool list = space_.pool()[arguments[0]].type == Type::string_list;
  if (function == Function::length)
    return number(static_cast<std::int64_t>(list ? out->texts.size() : out->text.size()));
  if (list || (function != Function::lower && function != Function::upper)) return std::nullopt;
  for (char& c : out->text) {
    c = fold(c);
    if (function == Function::upper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

/// Whether every request of one client has the same: a function of constants, the address, cookies and headers of his.
bool ConcreteRequest::stays(ExprId id) {
  const auto key = static_cast<std::uint32_t>(id);
  if (const auto known = stays_.find(key); known != stays_.end()) return known->second;
  const Expr& e = space_.pool()[id];
  bool all = e.op == Op::text || e.op == Op::integer || e.op == Op::address || e.op == Op::call || e.op == Op::fallback;
  if (e.op == Op::let) return stays(space_.resolve(id));
  if (e.op == Op::field) {
    const auto field = static_cast<Field>(e.a);
    const bool header = field == Field::header && is_of_client(space_.pool().strings.view(StrId{e.b}), other_scheme_);
    all = header || field == Field::cookie || field == Field::client_ip || field == Field::geo_country;
  }
  if (e.op == Op::call || e.op == Op::fallback) {
    for (const ExprId part : space_.pool().list(e)) all = all && stays(part);
  }
  return stays_[key] = all;
}

std::optional<Value> ConcreteRequest::value(ExprId id) {
  const ExprPool& pool = space_.pool();
  const Expr& e = pool[id];
  switch (e.op) {
    case Op::text:
      return present(pool.strings.view(StrId{e.a}));
    case Op::integer:
      return number(pool.integers[e.a]);
    case Op::boolean:
      return number(e.a);
    case Op::address: {
      Value out;
      out.present = true;
      out.address = number_of(pool.addresses[e.a]);
      return out;
    }
    case Op::field:
      return field(e);
    case Op::capture:
      return captures_[e.a] ? std::optional(present(*captures_[e.a])) : std::optional(present(""));
    case Op::let:
      return let(id, e);
    case Op::lookup:
      return lookup(e);
    case Op::fallback:
      for (const ExprId part : pool.list(e)) {
        const std::optional<Value> known = value(part);
        if (!known || known->present) return known;
      }
      return Value{};
    case Op::concat:
      return concat(e);
    case Op::choose:
      return choose(e);
    case Op::call: {
      if (std::optional<Value> known = call(e)) return known;
      const ValueSet* const set = base_.find(id);
      const bool alone = set != nullptr && set->value().certain && stays(id) && !reads_named_field(id);
      return alone ? std::optional(set->value()) : std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

std::optional<std::string> ConcreteRequest::text_of(ExprId id) {
  const std::optional<Value> known = value(id);
  if (!known) return std::nullopt;
  if (!known->present) return "";
  switch (space_.pool()[id].type) {
    case Type::integer:
      return std::to_string(known->integer);
    case Type::ip:
      return to_text(address_of(known->address));
    case Type::string:
    case Type::path:
    case Type::host:
      return known->text;
    default:
      return std::nullopt;
  }
}

Truth ConcreteRequest::bind(const Expr& e) {
  const std::optional<Value> left = value(ExprId{e.a});
  if (!left) return Truth::unknown;
  if (space_.pool()[ExprId{e.a}].type == Type::string_list) return Truth::unknown;
  if (!left->present) return Truth::no;
  const bool like = e.op == Op::like;
  const std::size_t names =
      like ? space_.pool().at(TemplateId{e.b}).names.size() : space_.pool().at(PatternId{e.b}).names.size();
  std::vector<std::string_view> found(like || e.c != kNoSlots ? names : 0);
  if (like) {
    if (!match(space_.pool().at(TemplateId{e.b}), left->text, e.nocase, found)) return Truth::no;
  } else {
    const MatchOutcome outcome = search(space_.pool().at(PatternId{e.b}), left->text, found);
    if (outcome != MatchOutcome::yes) return outcome == MatchOutcome::no ? Truth::no : Truth::unknown;
  }
  for (std::size_t i = 0; e.c != kNoSlots && i < names; ++i) captures_[e.c + i] = std::string(found[i]);
  return Truth::yes;
}

Truth ConcreteRequest::switched(ExprId id, const Expr& e) {
  const bool* const given = base_.truth(space_.atom(id).id);
  if (e.op == Op::in_dynamic && !stays(ExprId{e.a})) return Truth::unknown;
  if (given != nullptr && *given) return Truth::yes;
  // Who is in none may be put in by a rule on the way; and what is switched with another thing nobody knows.
  const bool others = std::any_of(base_.opaque().begin(), base_.opaque().end(),
                                  [&](const Box::Opaque& known) { return space_.pool()[known.atom].op == e.op; });
  if (e.op == Op::flag) {
    const bool on = given == nullptr && space_.rules().flags[e.a].on;
    return !on ? Truth::no : others ? Truth::unknown : Truth::yes;
  }
  if (given == nullptr && others) return Truth::unknown;
  return space_.rules().bans.empty() ? Truth::no : Truth::unknown;
}

namespace {

/// It reads a header of the same beginning.
bool negotiates(const Expr& e) {
  return e.op == Op::call && info(static_cast<Function>(e.a)).name.starts_with("accepts_");
}

}  // namespace

/// Whether the box names a header or cookie that a call reads: what it says of the call may not go with that.
bool ConcreteRequest::reads_named_field(ExprId id) {
  bool named = false;
  for_each_node(space_.rules(), id, [&](const Expr& e) {
    for (const ValueSet& set : base_.sets()) {
      const Expr& other = space_.pool()[set.subject()];
      if (other.op != Op::field) continue;
      const bool accepts = negotiates(e) && static_cast<Field>(other.a) == Field::header &&
                           space_.pool().strings.view(StrId{other.b}).starts_with("accept");
      named = named || accepts || (e.op == Op::field && other.a == e.a && other.b == e.b);
    }
    return !named;
  });
  return named;
}

/// Whether the box says something of a value that is made of headers or cookies: then none of these is known to be
/// absent.
bool ConcreteRequest::has_derived() {
  if (derived_) return *derived_;
  derived_ = false;
  const auto look = [&](ExprId id) {
    for_each_node(space_.rules(), id, [&](const Expr& e) {
      const auto field = static_cast<Field>(e.a);
      if (e.op == Op::field && (field == Field::header || field == Field::cookie || field == Field::client_ip ||
                                field == Field::geo_country || field == Field::geo_region || field == Field::geo_city))
        derived_ = true;
      derived_ = *derived_ || negotiates(e);
      return !*derived_;
    });
  };
  for (const ValueSet& set : base_.sets()) {
    if (space_.pool()[set.subject()].op != Op::field) look(set.subject());
  }
  for (const Box::Opaque& known : base_.opaque()) {
    const Expr& e = space_.pool()[known.atom];
    if (e.op != Op::in_dynamic) {
      look(known.atom);
    } else if (space_.pool()[space_.resolve(ExprId{e.a})].op != Op::field || known.truth) {
      look(ExprId{e.a});
    }
  }
  return *derived_;
}

/// What the box says of a header, of which a pattern says all that is known.
std::optional<Truth> ConcreteRequest::assumed(ExprId id, const Expr& e) {
  if ((e.op == Op::matches || e.op == Op::like) && e.c != kNoSlots) return std::nullopt;
  const ExprId left = space_.resolve(ExprId{e.a});
  const ValueSet* const set = base_.find(left);
  if (set == nullptr || !is_guess(*set) || !stays(left)) return std::nullopt;
  if (e.op == Op::exists) return Truth::yes;
  const ExprId same = space_.atom(id).id;
  for (const Literal& literal : set->literals()) {
    if (literal.atom == same) return literal.truth ? Truth::yes : Truth::no;
  }
  return Truth::unknown;
}

Truth ConcreteRequest::atom(ExprId id, const Expr& e) {
  const std::optional<Value> left = value(ExprId{e.a});
  if (!left) return Truth::unknown;
  const Type type = space_.pool()[ExprId{e.a}].type;
  if (e.op == Op::exists) {
    const bool there = type == Type::string_list ? !left->texts.empty() : left->present;
    return there ? Truth::yes : Truth::no;
  }
  const bool text = type == Type::string || type == Type::path || type == Type::host;
  const Sort sort = text                        ? Sort::text
                    : type == Type::string_list ? Sort::texts
                    : type == Type::ip          ? Sort::address
                    : type == Type::integer     ? Sort::integer
                                                : Sort::opaque;
  const bool constant_right = e.op == Op::in_list || e.op == Op::in_table || e.op == Op::in_cidr ||
                              e.op == Op::in_range || space_.pool()[ExprId{e.b}].op == Op::text ||
                              space_.pool()[ExprId{e.b}].op == Op::integer ||
                              space_.pool()[ExprId{e.b}].op == Op::address;
  if (sort == Sort::opaque) return Truth::unknown;
  if (constant_right) return is_right(space_, sort, *left, {id, true}) ? Truth::yes : Truth::no;
  const std::optional<Value> right = value(ExprId{e.b});
  if (!right) return Truth::unknown;
  if (!left->present || !right->present) return Truth::no;
  if (e.op != Op::equal || sort == Sort::texts) return Truth::unknown;
  const bool same = sort == Sort::text ? (e.nocase ? equal_nocase(left->text, right->text) : left->text == right->text)
                    : sort == Sort::integer ? left->integer == right->integer
                                            : left->address == right->address;
  return same ? Truth::yes : Truth::no;
}

Truth ConcreteRequest::test(ExprId condition) {
  const Expr& e = space_.pool()[condition];
  switch (e.op) {
    case Op::never:
      return Truth::no;
    case Op::always:
      return Truth::yes;
    case Op::all:
    case Op::any: {
      const Truth stop = e.op == Op::all ? Truth::no : Truth::yes;
      bool unknown = false;
      for (const ExprId part : space_.pool().list(e)) {
        const Truth truth = test(part);
        if (truth == stop) return stop;
        unknown = unknown || truth == Truth::unknown;
      }
      return unknown ? Truth::unknown : stop == Truth::no ? Truth::yes : Truth::no;
    }
    case Op::negate: {
      const Truth truth = test(ExprId{e.a});
      return truth == Truth::unknown ? truth : truth == Truth::yes ? Truth::no : Truth::yes;
    }
    case Op::holds: {
      const std::optional<Value> known = value(ExprId{e.a});
      if (!known) return Truth::unknown;
      return known->present && known->integer != 0 ? Truth::yes : Truth::no;
    }
    case Op::flag:
    case Op::in_dynamic:
      return switched(condition, e);
    case Op::like:
    case Op::matches:
      if (const std::optional<Truth> truth = assumed(condition, e)) return *truth;
      return bind(e);
    case Op::exists:
    case Op::equal:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
    case Op::in_list:
    case Op::in_table:
    case Op::in_cidr:
    case Op::in_range:
    case Op::under:
    case Op::contains:
    case Op::starts_with:
    case Op::ends_with:
      if (const std::optional<Truth> truth = assumed(condition, e)) return *truth;
      return atom(condition, e);
    default:
      return Truth::unknown;
  }
}

bool ConcreteRequest::append_parts(ExprId id, std::string& out, bool& own_host) {
  const Expr& e = space_.pool()[id];
  if (e.op == Op::concat) {
    for (const ExprId part : space_.pool().list(e)) {
      if (!append_parts(part, out, own_host)) return false;
    }
    return true;
  }
  const std::optional<std::string> text = text_of(id);
  if (!text || out.size() + text->size() > kMaxLocation) return false;
  const Place place = place_after(out);
  if (place == Place::authority && e.op == Op::field && static_cast<Field>(e.a) == Field::host && out.ends_with("//"))
    own_host = true;
  if (e.origin == Origin::own || e.origin == Origin::wire) {
    append_trusted_text(*text, out);
    return true;
  }
  if (place == Place::authority && !text->starts_with('/')) return false;  // rewritten in ways not followed here
  const UrlPlace part = place == Place::query      ? UrlPlace::query
                        : place == Place::fragment ? UrlPlace::fragment
                                                   : UrlPlace::path;
  e.origin == Origin::path ? append_path_text(part, *text, out) : append_client_text(part, *text, out);
  return true;
}

std::optional<Location> ConcreteRequest::location(const Answer& answer) {
  Location out;
  if (answer.location == kNoExpr || !append_parts(answer.location, out.text, out.same_host)) return std::nullopt;
  const auto slash = [](char c) { return c == '/' || c == '\\'; };
  if (!out.text.empty() && slash(out.text.front())) {
    out.text.erase(
        1, static_cast<std::size_t>(std::find_if_not(out.text.begin(), out.text.end(), slash) - out.text.begin()) - 1);
    out.text.front() = '/';
  }
  const bool settled =
      !out.text.empty() && (out.text.front() == '?' || out.text.front() == '#' || out.text.front() == '/');
  const bool absolute = scheme_size(out.text) != 0;
  if (!settled && !absolute) out.text.insert(out.text.begin(), '/');
  out.same_host = !absolute || (out.same_host && names_host(out.text, url_.host));
  const bool keep = answer.keep_query != KeepQuery::no && !url_.raw_query.empty();
  if (!keep) return out;
  const std::size_t hash = std::min(out.text.find('#'), out.text.size());
  std::string before = out.text.substr(0, hash);
  const bool has = before.find('?') != std::string::npos;
  if (has && answer.keep_query == KeepQuery::unless_set) return out;
  before += !has ? "?" : before.ends_with('?') || before.ends_with('&') ? "" : "&";
  out.text = before + url_.raw_query;
  return out;
}

}  // namespace sprx::sets
