#include "compiler/literals.h"

#include <array>
#include <chrono>
#include <limits>

#include "compiler/table/digits.h"

namespace sprx {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

struct Unit {
  std::string_view name;
  std::int64_t factor;
};
constexpr std::array<Unit, 5> kDurations{
    {{"ms", 1'000}, {"s", kSecond}, {"m", 60 * kSecond}, {"h", 3'600 * kSecond}, {"d", 86'400 * kSecond}}};
constexpr std::array<Unit, 4> kSizes{{{"", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}}};

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

/// Reads digits and `_` from the front; absent without a digit or past 63 bits.
std::optional<std::int64_t> take_number(std::string_view& text) {
  if (text.empty() || !is_digit(text[0])) return std::nullopt;
  std::int64_t value = 0;
  while (!text.empty() && (is_digit(text[0]) || text[0] == '_')) {
    if (text[0] != '_') {
      const std::int64_t digit = text[0] - '0';
      if (value > (std::numeric_limits<std::int64_t>::max() - digit) / 10) return std::nullopt;
      value = value * 10 + digit;
    }
    text.remove_prefix(1);
  }
  return value;
}

/// A number with its unit; kMost for what is past it.
template <std::size_t N>
std::optional<std::int64_t> measured(std::string_view text, const std::array<Unit, N>& units) {
  std::string_view digits = text.substr(0, std::min(text.find_first_not_of("0123456789_"), text.size()));
  if (digits.empty() || digits[0] == '_') return std::nullopt;
  text.remove_prefix(digits.size());
  const std::int64_t number = take_number(digits).value_or(kMost);
  for (const Unit& unit : units) {
    if (text != unit.name) continue;
    return number > kMost / unit.factor ? kMost : number * unit.factor;
  }
  return std::nullopt;
}

/// Exactly `digits` digits from the front, between `least` and `most`.
std::optional<int> take_field(std::string_view& text, std::size_t digits, int least, int most) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(0, digits)) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(digits);
  if (value < least || value > most) return std::nullopt;
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text[0]) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

/// `.123456789` from the front, if one is there; absent where a dot has no digits.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
  if (!take(text, ".")) return 0;
  if (text.empty() || !is_digit(text[0])) return std::nullopt;
  std::int64_t micros = 0;
  for (std::int64_t unit = kSecond / 10; !text.empty() && is_digit(text[0]); unit /= 10) {
    micros += unit * (text[0] - '0');
    text.remove_prefix(1);
  }
  return micros;
}

/// `Z` or `+hh:mm`, which must be all that is left, in minutes.
std::optional<int> take_offset(std::string_view text) {
  if (text == "Z" || text == "z") return 0;
  const bool west = !text.empty() && text[0] == '-';
  if (!take(text, "+-")) return std::nullopt;
  const auto hours = take_field(text, 2, 0, 23);
  const bool colon = take(text, ":");
  const auto minutes = take_field(text, 2, 0, 59);
  if (!hours || !colon || !minutes || !text.empty()) return std::nullopt;
  return (*hours * 60 + *minutes) * (west ? -1 : 1);
}

}  // namespace

std::optional<std::int64_t> parse_time(std::string_view text) {
  const auto year = take_field(text, 4, 0, 9999);
  if (!year || !take(text, "-")) return std::nullopt;
  const auto month = take_field(text, 2, 1, 12);
  if (!month || !take(text, "-")) return std::nullopt;
  const auto day = take_field(text, 2, 1, 31);
  if (!day || !take(text, "Tt")) return std::nullopt;
  const auto hour = take_field(text, 2, 0, 23);
  if (!hour || !take(text, ":")) return std::nullopt;
  const auto minute = take_field(text, 2, 0, 59);
  if (!minute || !take(text, ":")) return std::nullopt;
  const auto second = take_field(text, 2, 0, 60);
  const auto fraction = second ? take_fraction(text) : std::nullopt;
  const auto offset = fraction ? take_offset(text) : std::nullopt;
  if (!offset) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok()) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  const std::int64_t seconds = ((days * 24 + *hour) * 60 + *minute - *offset) * 60 + *second;
  return seconds * kSecond + *fraction;
}

std::optional<std::int64_t> parse_duration(std::string_view text) { return measured(text, kDurations); }

std::optional<std::int64_t> parse_size(std::string_view text) { return measured(text, kSizes); }

std::optional<Rate> parse_rate(std::string_view text) {
  const std::optional<std::int64_t> count = take_number(text);
  if (!count || *count == 0 || !take(text, "/")) return std::nullopt;
  std::optional<std::int64_t> number = 1;
  if (!text.empty() && is_digit(text[0])) number = take_number(text);
  if (!number || *number == 0) return std::nullopt;
  for (const Unit& unit : kDurations) {
    const bool of_rates = unit.name == "s" || unit.name == "m" || unit.name == "h";
    if (!of_rates || text != unit.name) continue;
    if (*number > std::numeric_limits<std::int64_t>::max() / unit.factor) return std::nullopt;
    return Rate{*count, *number * unit.factor};
  }
  return std::nullopt;
}

}  // namespace sprx
