#include "runtime/messages.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <iterator>

namespace sprx {
namespace {

constexpr std::size_t kShownArgument = 80;

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

MessageResult refused(std::string why) { return {400, std::move(why)}; }

MessageResult turn_flag(LiveState& state, std::string_view arguments) {
  const std::size_t equals = arguments.find('=');
  const std::string_view name = trimmed(arguments.substr(0, equals));
  const std::string_view value = equals == std::string_view::npos ? "" : trimmed(arguments.substr(equals + 1));
  if (name.empty() || (value != "on" && value != "off")) {
    return refused(fmt::format("flag wants NAME=on or NAME=off, not `{}`", shown_argument(arguments)));
  }
  if (const std::string why = state.set_flag(name, value == "on"); !why.empty()) {
    return {404, fmt::format("flag `{}`: {}", shown_argument(name), why)};
  }
  return {200, fmt::format("flag {} is {}", name, value)};
}

/// `LIST KEY [DURATION]`; a key of a string list may hold blanks.
MessageResult change_list(LiveState& state, std::string_view word, std::string_view arguments) {
  const bool ban = word == "ban";
  const std::size_t blank = arguments.find_first_of(" \t");
  const std::string_view list = arguments.substr(0, blank);
  std::string_view key = blank == std::string_view::npos ? std::string_view() : trimmed(arguments.substr(blank));
  if (list.empty() || key.empty()) {
    return refused(fmt::format("{} wants {}, not `{}`", word, ban ? "LIST KEY [DURATION]" : "LIST KEY",
                               shown_argument(arguments)));
  }
  std::optional<std::int64_t> time;
  if (const std::size_t last = key.find_last_of(" \t"); ban && last != std::string_view::npos) {
    time = read_duration(key.substr(last + 1));
    if (time) key = trimmed(key.substr(0, last));
    if (time && (*time <= 0 || *time > kLongestBanUs))
      return refused("the time of a ban is longer than nothing and at most 366 days");
  }
  const std::string why = ban ? state.ban(list, key, time) : state.unban(list, key);
  if (!why.empty())
    return {400, fmt::format("{} `{}` in `{}`: {}", word, shown_argument(key), shown_argument(list), why)};
  return {200, fmt::format("{} {} {}", word, list, shown_argument(key))};
}

}  // namespace

std::string shown_argument(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, kShownArgument)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7F || c == '`' || c == '\\') {
      fmt::format_to(std::back_inserter(out), "\\x{:02X}", byte);
    } else {
      out += c;
    }
  }
  return text.size() > kShownArgument ? out + "..." : out;
}

std::optional<std::int64_t> read_duration(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool digits = !text.empty() && text[0] >= '0' && text[0] <= '9';
  if (!digits || error == std::errc::invalid_argument) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  const std::int64_t factor = unit == "ms"  ? 1'000
                              : unit == "s" ? 1'000'000
                              : unit == "m" ? 60'000'000
                              : unit == "h" ? 3'600'000'000
                              : unit == "d" ? 86'400'000'000
                                            : 0;
  if (factor == 0) return std::nullopt;
  const bool huge = error != std::errc() || number > kLongestBanUs / factor;
  return huge ? kLongestBanUs + 1 : number * factor;
}

bool is_live_message(std::string_view name) { return name == "flag" || name == "ban" || name == "unban"; }

MessageResult carry_out(LiveState& state, std::string_view name, std::string_view arguments) {
  if (arguments.size() > kMessageLimit) {
    return refused(fmt::format("the arguments of `{}` are longer than {} bytes", name, kMessageLimit));
  }
  const auto control = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7F'; };
  if (std::any_of(arguments.begin(), arguments.end(), control)) {
    return refused(fmt::format("the arguments of `{}` hold a control character", name));
  }
  arguments = trimmed(arguments);
  return name == "flag" ? turn_flag(state, arguments) : change_list(state, name, arguments);
}

}  // namespace sprx
