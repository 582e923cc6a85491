// Functions that change, cut and read text. Encodings and digests are in functions_codes.cc, comma lists and
// negotiation in functions_lists.cc.
#include "runtime/decide/functions.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

#include "compiler/table/canonical.h"
#include "runtime/decide/authority.h"
#include "runtime/decide/compare.h"
#include "runtime/decide/hex.h"

namespace sprx {
namespace {

constexpr std::size_t kMaxArguments = 16;

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

char raise(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; }

template <typename Change>
Datum changed(Inputs& in, const Datum& argument, Change change) {
  const std::string_view text = in.text_of(argument);
  if (std::all_of(text.begin(), text.end(), [&](char c) { return change(c) == c; })) return Datum::text(text);
  std::string& out = in.buffer();
  std::transform(text.begin(), text.end(), std::back_inserter(out), change);
  return Datum::text(in.keep(out));
}

/// The authority of an absolute URL; empty where there is none.
std::string_view authority_of(std::string_view url) {
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos || colon == 0) return {};
  const auto scheme_byte = [](char c) {
    return (fold(c) >= 'a' && fold(c) <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  };
  const std::string_view scheme = url.substr(0, colon);
  if (fold(scheme.front()) < 'a' || fold(scheme.front()) > 'z') return {};
  if (!std::all_of(scheme.begin(), scheme.end(), scheme_byte)) return {};
  const std::string_view rest = url.substr(colon + 3);
  return rest.substr(0, std::min(rest.find_first_of("/?#\\"), rest.size()));
}

}  // namespace

Datum parse_integer(std::string_view text) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return {};
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return {};
  return Datum::number(value);
}

template <>
Datum call<Function::lower>(Inputs& in, std::span<const Datum> a) {
  return changed(in, a[0], fold);
}
template <>
Datum call<Function::upper>(Inputs& in, std::span<const Datum> a) {
  return changed(in, a[0], raise);
}
template <>
Datum call<Function::trim>(Inputs& in, std::span<const Datum> a) {
  return Datum::text(without_blanks(in.text_of(a[0])));
}
template <>
Datum call<Function::length>(Inputs& in, std::span<const Datum> a) {
  if (a[0].kind() == Datum::Kind::list) return Datum::number(static_cast<std::int64_t>(a[0].as_list().size()));
  return Datum::number(static_cast<std::int64_t>(in.text_of(a[0]).size()));
}
template <>
Datum call<Function::int_of>(Inputs& in, std::span<const Datum> a) {
  return parse_integer(in.text_of(a[0]));
}
template <>
Datum call<Function::substring>(Inputs& in, std::span<const Datum> a) {
  const std::string_view text = in.text_of(a[0]);
  const auto size = static_cast<std::int64_t>(text.size());
  const std::int64_t from = a[1].as_number();
  const std::int64_t begin = from < 0 ? std::max<std::int64_t>(size + std::max(from, -size), 0) : std::min(from, size);
  std::int64_t count = size - begin;
  if (a.size() > 2) count = std::clamp<std::int64_t>(a[2].as_number(), 0, count);
  return Datum::text(text.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(count)));
}
template <>
Datum call<Function::replace>(Inputs& in, std::span<const Datum> a) {
  const std::string_view text = in.text_of(a[0]);
  const std::string_view what = in.text_of(a[1]);
  const std::string_view with = in.text_of(a[2]);
  if (what.empty() || find_part(text, what) == std::string_view::npos) return Datum::text(text);
  std::string& out = in.buffer();
  std::size_t done = 0;
  for (std::size_t at = find_part(text, what); at != std::string_view::npos; at = find_part(text, what, done)) {
    out.append(text, done, at - done);
    out += with;
    done = at + what.size();
    if (out.size() > kMaxMadeText) {
      in.fail();
      return {};
    }
  }
  out.append(text, done);
  return Datum::text(in.keep(out));
}
template <>
Datum call<Function::regex_replace>(Inputs& in, std::span<const Datum> a) {
  const std::string_view text = in.text_of(a[0]);
  const std::string_view replacement = in.text_of(a[2]);
  std::string& out = in.buffer();
  switch (replace_all(a[1].as_pattern(), text, replacement, kMaxMadeText, out)) {
    case MatchOutcome::no:
      return Datum::text(text);
    case MatchOutcome::yes:
      return Datum::text(in.keep(out));
    case MatchOutcome::failed:
      break;
  }
  in.fail();
  return {};
}
template <>
Datum call<Function::url_host>(Inputs& in, std::span<const Datum> a) {
  std::string_view authority = authority_of(in.text_of(a[0]));
  authority.remove_prefix(authority.rfind('@') + 1);
  const auto parts = split_authority(authority);
  if (!parts) return {};
  if (is_host_name(parts->host)) return changed(in, Datum::text(parts->host), fold);
  const auto host = unusual_host(parts->host);
  return host ? Datum::text(in.keep(*host)) : Datum{};
}
template <>
Datum call<Function::url_encode>(Inputs& in, std::span<const Datum> a) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const std::string_view text = in.text_of(a[0]);
  if (std::all_of(text.begin(), text.end(), is_unreserved)) return Datum::text(text);
  std::string& out = in.buffer();
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return Datum::text(in.keep(out));
}
template <>
Datum call<Function::url_decode>(Inputs& in, std::span<const Datum> a) {
  const std::string_view text = in.text_of(a[0]);
  if (text.find('%') == std::string_view::npos) return Datum::text(text);
  std::string& out = in.buffer();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low >= 0 && high * 16 + low != 0) {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return Datum::text(in.keep(out));
}

namespace {

Datum call_one(Function function, Inputs& inputs, std::span<const Datum> arguments) {
  switch (function) {
#define SPRX_FUNCTION(id, name, parameters, result, presence, doc) \
  case Function::id:                                               \
    return call<Function::id>(inputs, arguments);
#include "compiler/table/functions.def"
#undef SPRX_FUNCTION
  }
  return {};
}

/// The results of the elements of list `at` that have one; numbers become text, as elements of lists are. A function
/// that makes lists gives one list of all.
Datum call_each(Function function, Inputs& inputs, std::span<Datum> arguments, std::size_t at) {
  const auto elements = arguments[at].as_list();
  const std::span<Datum> results = inputs.arena().array<Datum>(elements.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    arguments[at] = Datum::text(elements[i]);
    results[i] = call_one(function, inputs, arguments);
    count += results[i].kind() == Datum::Kind::list ? results[i].as_list().size() : 1;
  }
  const std::span<std::string_view> out = inputs.arena().array<std::string_view>(count);
  std::size_t used = 0;
  for (const Datum& result : results) {
    if (result.kind() == Datum::Kind::list) {
      for (const std::string_view element : result.as_list()) out[used++] = element;
    } else if (result.present()) {
      out[used++] = inputs.text_of(result);
    }
  }
  return Datum::list(out.first(used));
}

}  // namespace

Datum call_function(Function function, Inputs& inputs, std::span<const Datum> arguments) {
  std::size_t list = arguments.size();
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].present()) return {};
    if (arguments[i].kind() == Datum::Kind::list && list == arguments.size()) list = i;
  }
  if (list == arguments.size() || function == Function::length) return call_one(function, inputs, arguments);
  if (arguments.size() > kMaxArguments) {
    inputs.fail();
    return {};
  }
  std::array<Datum, kMaxArguments> one;
  std::copy(arguments.begin(), arguments.end(), one.begin());
  return call_each(function, inputs, std::span(one).first(arguments.size()), list);
}

bool made_of_digest(const RuleSet& rules, ExprId value) {
  constexpr int kSteps = 8;
  for (int step = 0; step < kSteps; ++step) {
    const Expr& e = rules.pool[value];
    if (e.op == Op::let) {
      value = rules.lets[e.a].value;
    } else if (e.op == Op::call) {
      const auto function = static_cast<Function>(e.a);
      if (function == Function::sha256 || function == Function::hmac_sha256) return true;
      const std::span<const ExprId> arguments = rules.pool.list(e);
      if (arguments.empty()) return false;
      value = arguments.front();
    } else {
      return false;
    }
  }
  return false;
}

}  // namespace sprx
