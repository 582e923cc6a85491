#include "runtime/decide/inputs.h"

#include <algorithm>
#include <charconv>

#include "compiler/table/canonical.h"
#include "runtime/decide/hex.h"

namespace sprx {
namespace {

bool needs_decoding(std::string_view raw) { return raw.find_first_of("%+") != std::string_view::npos; }

void append_number(std::int64_t value, std::string& out) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

void append_v6(const IpAddress& ip, std::string& out) {
  unsigned groups[8];
  for (std::size_t i = 0; i < 8; ++i) groups[i] = ip.bytes[2 * i] * 256U + ip.bytes[2 * i + 1];
  std::size_t gap = 8;
  std::size_t longest = 1;  // one group alone is not shortened (RFC 5952 4.2)
  for (std::size_t i = 0; i < 8; ++i) {
    std::size_t end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i > longest) {
      gap = i;
      longest = end - i;
    }
    i = std::max(i, end == i ? i : end - 1);
  }
  for (std::size_t i = 0; i < 8; ++i) {
    if (i == gap) {
      out += "::";
      i += longest - 1;
      continue;
    }
    if (i > 0 && i != gap + longest) out += ':';
    char digits[8];
    const auto end = std::to_chars(digits, digits + sizeof digits, groups[i], 16).ptr;
    out.append(digits, end);
  }
}

}  // namespace

std::string_view next_part(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

void decode_query(std::string_view raw, std::string& out) {
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '+') {
      out += ' ';
      continue;
    }
    if (raw[i] == '%' && i + 2 < raw.size()) {
      const int high = hex_digit(raw[i + 1]);
      const int low = hex_digit(raw[i + 2]);
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    out += raw[i];
  }
}

Parameter split_cookie(std::string_view part) {
  const std::size_t equals = part.find('=');
  if (equals == std::string_view::npos) return {without_blanks(part), {}};
  return {without_blanks(part.substr(0, equals)), without_blanks(part.substr(equals + 1))};
}

std::span<const Parameter> Inputs::query() {
  if (has_query_) return query_;
  has_query_ = true;
  std::string_view rest = request_.raw_query;
  const std::span<Parameter> room =
      arena_.array<Parameter>(1 + static_cast<std::size_t>(std::count(rest.begin(), rest.end(), '&')));
  std::size_t count = 0;
  const auto decode = [&](std::string_view raw) {
    if (!needs_decoding(raw)) return raw;
    std::string& out = buffer();
    decode_query(raw, out);
    return arena_.copy(out);
  };
  while (!rest.empty()) {
    const std::string_view part = next_part(rest, '&');
    if (part.empty()) continue;
    const std::size_t equals = std::min(part.find('='), part.size());
    const std::string_view name = decode(part.substr(0, equals));
    room[count++] = {name, equals < part.size() ? decode(part.substr(equals + 1)) : std::string_view("", 0)};
  }
  query_ = room.first(count);
  return query_;
}

std::span<const Parameter> Inputs::cookies() {
  if (has_cookies_) return cookies_;
  has_cookies_ = true;
  std::size_t most = 0;
  for (const HeaderLine& line : request_.head.headers) {
    if (equal_nocase(line.name, "cookie"))
      most += 1 + static_cast<std::size_t>(std::count(line.value.begin(), line.value.end(), ';'));
  }
  const std::span<Parameter> room = arena_.array<Parameter>(most);
  std::size_t count = 0;
  for (const HeaderLine& line : request_.head.headers) {
    if (!equal_nocase(line.name, "cookie")) continue;
    for (std::string_view rest = line.value; !rest.empty();) {
      const std::string_view part = without_blanks(next_part(rest, ';'));
      if (!part.empty()) room[count++] = split_cookie(part);
    }
  }
  cookies_ = room.first(count);
  return cookies_;
}

std::string_view Inputs::keep(std::string_view text) {
  made_ += text.size();
  if (text.size() > kMaxMadeText || made_ > kMaxMadeTextInAll) {
    fail();
    return {"", 0};
  }
  return text.empty() ? std::string_view("", 0) : arena_.copy(text);
}

void Inputs::append_text(const Datum& value, std::string& out) {
  switch (value.kind()) {
    case Datum::Kind::text:
      out += value.as_text();
      break;
    case Datum::Kind::number:
      append_number(value.as_number(), out);
      break;
    case Datum::Kind::boolean:
      out += value.as_number() != 0 ? "true" : "false";
      break;
    case Datum::Kind::address: {
      const IpAddress& ip = value.as_address();
      if (!ip.is_v4()) {
        append_v6(ip, out);
        break;
      }
      for (std::size_t i = 12; i < 16; ++i) {
        if (i > 12) out += '.';
        append_number(ip.bytes[i], out);
      }
      break;
    }
    case Datum::Kind::list:
      for (std::size_t i = 0; i < value.as_list().size(); ++i) {
        if (i > 0) out += ", ";
        out += value.as_list()[i];
      }
      break;
    case Datum::Kind::absent:
    case Datum::Kind::pattern:
      break;
  }
}

std::string_view Inputs::text_of(const Datum& value) {
  if (value.kind() == Datum::Kind::text) return value.as_text();
  std::string& out = buffer();
  append_text(value, out);
  return keep(out);
}

}  // namespace sprx
