// Negotiation (RFC 9110 section 12.5): what a request's Accept headers think of what could be sent. One pass over the
// header whatever it holds; an element that is malformed counts as if it were not there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sprx {

/// What a header says of one offer.
struct Preference {
  std::int16_t quality = -1;   ///< 0 to 1000, thousandths; 0: refused; -1: nothing is said
  std::int16_t closeness = 0;  ///< of the element that said it; greater is more specific
  std::uint32_t length = 0;    ///< of that element's range, among equally close ones
  std::uint32_t place = 0;     ///< languages: which element of the header said it; all of `*` last
};

/// Each sets `out[i]` for `offers[i]`, all of the same length, at most kMaxOffers. False: the header has no element
/// that is well formed, so it says nothing.
bool rate_types(std::string_view accept, std::span<const std::string_view> offers, std::span<Preference> out);
/// RFC 4647: a range speaks for its own tag and those that go on from it (`en` for `en-GB`), and, where it is wanted at
/// all, for the tags it goes on from (`en-GB` for `en`). Of equally liked ones the header's order counts, as in its
/// look-up.
bool rate_languages(std::string_view accept_language, std::span<const std::string_view> offers,
                    std::span<Preference> out);
/// `identity` is acceptable unless it is refused, after whatever is asked for.
bool rate_encodings(std::string_view accept_encoding, std::span<const std::string_view> offers,
                    std::span<Preference> out);

/// The offer that is liked best; of several, the one that was named first, then the closest, then the first. None is
/// acceptable: absent.
[[nodiscard]] std::optional<std::size_t> best_of(std::span<const Preference> preferences);

}  // namespace sprx
