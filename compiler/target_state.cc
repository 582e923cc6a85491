#include "compiler/target_state.h"

#include "compiler/table/digits.h"

namespace sprx {
namespace {

using S = TargetStates;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_scheme_char(char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.'; }

/// What is left when bytes that end a URL for some reader, and those that no name of a host holds, are taken out.
bool is_host_char(char c) {
  return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f &&
         std::string_view("\"<>{}|^`\\@()*$:[]").find(c) == std::string_view::npos;
}
bool is_address_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}

/// The state after `c` where the host or its port may be over, 0 where it goes on.
std::uint16_t after_host(char c) {
  if (c == '/') return S::path;
  if (c == '?') return S::query;
  return c == '#' ? S::fragment : 0;
}

/// The state after `c`, 0 where no URL has it there.
std::uint16_t step(std::uint16_t state, char c) {
  switch (state) {
    case S::start:
      if (c == '/') return S::path;
      if (c == '?') return S::query;
      if (c == '#') return S::fragment;
      return is_letter(c) ? S::scheme : 0;
    case S::scheme:
      return c == ':' ? S::colon : is_scheme_char(c) ? S::scheme : 0;
    case S::colon:
      return c == '/' ? S::slash : 0;
    case S::slash:
      return c == '/' ? S::authority_begin : 0;
    case S::authority_begin:
      if (c == '[') return S::bracket;
      return after_host(c) != 0 || !is_host_char(c) || c == '.' ? 0 : S::authority;
    case S::authority:
    case S::label_begin:
      if (const std::uint16_t after = after_host(c); after != 0) return after;
      if (c == '.') return state == S::label_begin ? 0 : S::label_begin;  // no label is empty
      return c == ':' ? S::port_begin : is_host_char(c) ? S::authority : 0;
    case S::bracket:
      return c == ']' ? S::bracket_end : is_address_char(c) ? S::bracket : 0;
    case S::bracket_end:
      if (c == ':') return S::port_begin;
      return after_host(c);
    case S::port_begin:
      return is_digit(c) ? S::port : 0;
    case S::port:
      if (is_digit(c)) return S::port;
      return after_host(c);
    case S::port_end:
      return after_host(c);
    case S::path:
      return c == '?' ? S::query : c == '#' ? S::fragment : S::path;
    case S::query:
      return c == '#' ? S::fragment : S::query;
    default:
      return S::fragment;
  }
}

}  // namespace

void TargetStates::widen() {
  if (any(path)) add(query | fragment);
  if (any(query)) add(fragment);
}

TargetStates TargetStates::after(std::string_view text, bool* bad) const {
  TargetStates out(0);
  for (std::uint16_t state = start; state <= label_begin; state = static_cast<std::uint16_t>(state << 1)) {
    if (!any(state)) continue;
    std::uint16_t at = state;
    for (const char c : text) {
      at = step(at, c);
      if (at == 0 || at == fragment) break;
    }
    if (at == 0) {
      *bad = true;
    } else {
      out.add(at);
    }
  }
  return out;
}

}  // namespace sprx
