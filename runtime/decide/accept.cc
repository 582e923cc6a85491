#include "runtime/decide/accept.h"

#include <algorithm>
#include <array>

#include "compiler/table/canonical.h"
#include "compiler/table/header_list.h"

namespace sprx {
namespace {

constexpr int kBadQuality = -1;
constexpr int kFull = 1000;
/// `identity` where nothing is said of it: less than the least that can be said.
constexpr std::int16_t kUnsaid = 1;

bool is_token_byte(char c) {
  if ((c >= '0' && c <= '9') || (fold(c) >= 'a' && fold(c) <= 'z')) return true;
  return std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}
bool is_token(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_token_byte); }

/// `0`, `0.123`, `1`, `1.000` in thousandths (RFC 9110 12.4.2).
int quality_of(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return kBadQuality;
  if (text.size() > 1 && text[1] != '.') return kBadQuality;
  int value = text[0] == '1' ? kFull : 0;
  int unit = 100;
  for (const char c : text.substr(std::min<std::size_t>(2, text.size()))) {
    if (c < '0' || c > '9') return kBadQuality;
    value += unit * (c - '0');
    unit /= 10;
  }
  return value > kFull ? kBadQuality : value;
}

/// `name=value` of a parameter, the value without its quotes; an empty name where it is none.
struct AcceptParameter {
  std::string_view name;
  std::string_view value;
};
AcceptParameter parameter_of(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || !is_token(text.substr(0, equals))) return {};
  std::string_view value = text.substr(equals + 1);
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
  } else if (!is_token(value)) {
    return {};
  }
  return {text.substr(0, equals), value};
}

bool is_weight(const AcceptParameter& parameter) {
  return parameter.name.size() == 1 && fold(parameter.name[0]) == 'q';
}

/// An element: its range, the parameters that belong to that, and the weight.
struct Element {
  std::string_view range;
  std::string_view parameters;
  std::uint32_t parameter_count = 0;
  int quality = kFull;
};

std::optional<Element> element_of(std::string_view text) {
  Element out;
  out.range = next_quoted_part(text, ';');
  const std::string_view all = text;
  while (!text.empty()) {
    const std::size_t at = all.size() - text.size();
    const std::string_view part = next_quoted_part(text, ';');
    if (part.empty()) continue;
    const AcceptParameter parameter = parameter_of(part);
    if (parameter.name.empty()) return std::nullopt;
    if (is_weight(parameter)) {
      out.quality = quality_of(parameter.value);
      out.parameters = all.substr(0, at);
      if (out.quality == kBadQuality) return std::nullopt;
      return out;  // what follows the weight once were extensions; nobody has defined one
    }
    ++out.parameter_count;
  }
  out.parameters = all;
  return out;
}

/// Calls `use` with every element that is well formed.
template <typename Use>
void each_element(std::string_view header, Use use) {
  while (!header.empty()) {
    const std::string_view text = next_quoted_part(header, ',');
    if (text.empty()) continue;
    if (const std::optional<Element> element = element_of(text)) use(*element);
  }
}

void say(Preference& preference, int closeness, std::size_t length, int quality, std::uint32_t place = 0) {
  const auto close = static_cast<std::int16_t>(std::min(closeness, 30'000));
  const auto size = static_cast<std::uint32_t>(length);
  const bool same = close == preference.closeness && size == preference.length;
  if (close < preference.closeness || (close == preference.closeness && size < preference.length)) return;
  if (same && quality <= preference.quality) return;
  preference = {static_cast<std::int16_t>(quality), close, size, place};
}

bool has_parameter(std::string_view offered, const AcceptParameter& wanted) {
  while (!offered.empty()) {
    const AcceptParameter parameter = parameter_of(next_quoted_part(offered, ';'));
    if (equal_nocase(parameter.name, wanted.name) && equal_nocase(parameter.value, wanted.value)) return true;
  }
  return false;
}

/// How close a media range is to an offer, 0 for not at all: `*/*`, then `text/*`, then the type, then with its
/// parameters.
int type_closeness(const Element& element, std::string_view offer) {
  std::string_view parameters = offer;
  const std::string_view type = next_quoted_part(parameters, ';');
  const std::size_t slash = element.range.find('/');
  const bool any_type = element.range == "*/*";
  const bool any_subtype = !any_type && element.range.ends_with("/*");
  if (any_subtype && !equal_nocase(type.substr(0, slash + 1), element.range.substr(0, slash + 1))) return 0;
  if (!any_type && !any_subtype && !equal_nocase(type, element.range)) return 0;
  // A range with more parameters than the offer has asks for one that is not there.
  if (element.parameter_count > static_cast<std::uint32_t>(std::count(parameters.begin(), parameters.end(), '=')))
    return 0;
  for (std::string_view rest = element.parameters; !rest.empty();) {
    const std::string_view part = next_quoted_part(rest, ';');
    if (!part.empty() && !has_parameter(parameters, parameter_of(part))) return 0;
  }
  return (any_type ? 1 : any_subtype ? 2 : 3) + static_cast<int>(element.parameter_count);
}

bool is_media_range(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view type = text.substr(0, slash);
  const std::string_view subtype = text.substr(slash + 1);
  return is_token(type) && is_token(subtype) && (type != "*" || subtype == "*");
}

/// Whether language tag `longer` is `tag` or goes on from it.
bool goes_on_from(std::string_view longer, std::string_view tag) {
  return longer.size() >= tag.size() && equal_nocase(longer.substr(0, tag.size()), tag) &&
         (longer.size() == tag.size() || longer[tag.size()] == '-');
}

/// `x-gzip` and `x-compress` are other names (RFC 9110 8.4.1).
bool same_coding(std::string_view a, std::string_view b) {
  const auto plain = [](std::string_view coding) {
    return equal_nocase(coding, "x-gzip") || equal_nocase(coding, "x-compress") ? coding.substr(2) : coding;
  };
  return equal_nocase(plain(a), plain(b));
}

}  // namespace

bool rate_types(std::string_view accept, std::span<const std::string_view> offers, std::span<Preference> out) {
  std::fill(out.begin(), out.end(), Preference{});
  bool any = false;
  each_element(accept, [&](const Element& element) {
    if (!is_media_range(element.range)) return;
    any = true;
    for (std::size_t i = 0; i < offers.size(); ++i) {
      const int closeness = type_closeness(element, offers[i]);
      if (closeness > 0) say(out[i], closeness, 0, element.quality);
    }
  });
  return any;
}

bool rate_languages(std::string_view accept_language, std::span<const std::string_view> offers,
                    std::span<Preference> out) {
  constexpr int kAny = 1;
  constexpr int kFallback = 2;
  constexpr int kAbove = 3;
  constexpr int kOwn = 4;
  constexpr std::uint32_t kLast = 0xFFFFFFFF;
  std::uint32_t place = 0;
  std::fill(out.begin(), out.end(), Preference{});
  std::array<Preference, kMaxOffers> fallback;  // what is said for want of something closer
  each_element(accept_language, [&](const Element& element) {
    const bool any = element.range == "*";
    if (element.parameter_count != 0 || (!any && !is_language_tag(element.range))) return;
    ++place;
    for (std::size_t i = 0; i < offers.size() && i < kMaxOffers; ++i) {
      if (any) {
        say(fallback[i], kAny, 0, element.quality, kLast);
      } else if (goes_on_from(offers[i], element.range)) {
        const bool whole = offers[i].size() == element.range.size();
        say(out[i], whole ? kOwn : kAbove, element.range.size(), element.quality, place);
      } else if (element.quality > 0 && goes_on_from(element.range, offers[i])) {
        say(fallback[i], kFallback, 0, element.quality, place);
      }
    }
  });
  for (std::size_t i = 0; i < offers.size() && i < kMaxOffers; ++i) {
    const bool better = fallback[i].closeness == kFallback && fallback[i].quality > out[i].quality;
    if (out[i].quality < 0 || (out[i].quality > 0 && better)) out[i] = fallback[i];
  }
  return place != 0;
}

bool rate_encodings(std::string_view accept_encoding, std::span<const std::string_view> offers,
                    std::span<Preference> out) {
  constexpr int kAny = 1;
  constexpr int kNamed = 2;
  bool any = false;
  std::fill(out.begin(), out.end(), Preference{});
  each_element(accept_encoding, [&](const Element& element) {
    if (element.parameter_count != 0 || !is_token(element.range)) return;
    any = true;
    for (std::size_t i = 0; i < offers.size(); ++i) {
      if (element.range == "*") {
        say(out[i], kAny, 0, element.quality);
      } else if (same_coding(element.range, offers[i])) {
        say(out[i], kNamed, 0, element.quality);
      }
    }
  });
  for (std::size_t i = 0; i < offers.size(); ++i) {
    // A weight of 0.001 is the least that can be said; kUnsaid has its quality and comes after it by closeness.
    if (out[i].quality < 0 && equal_nocase(offers[i], "identity")) out[i] = {kUnsaid, 0, 0, 0};
  }
  return any;
}

std::optional<std::size_t> best_of(std::span<const Preference> preferences) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < preferences.size(); ++i) {
    const Preference& one = preferences[i];
    if (one.quality <= 0) continue;
    if (!best) {
      best = i;
      continue;
    }
    const Preference& other = preferences[*best];
    const bool earlier = one.place < other.place || (one.place == other.place && one.closeness > other.closeness);
    if (one.quality > other.quality || (one.quality == other.quality && earlier)) best = i;
  }
  return best;
}

}  // namespace sprx
