#include "grammar/parted.h"

#include <algorithm>
#include <limits>

namespace sprx {

bool is_sign(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return !scan::is_blank(c); }) &&
         std::none_of(text.begin(), text.end(), [](char c) { return scan::is_name_char(c) || c == '"'; });
}

PartEnds::PartEnds(std::string_view text) {
  for (scan::Offset at = 0; at < text.size();) {
    const scan::Offset end = scan::skip_token(text, at);
    const std::string_view token = text.substr(at, end - at);
    if (token == "and" || token == "or" || token == ";" || token == "{" || token == "}") ends_.push_back({at, end});
    at = end;
  }
}

std::vector<PartEnds::End>::const_iterator PartEnds::behind(scan::Offset mistake) const {
  return std::upper_bound(ends_.begin(), ends_.end(), mistake,
                          [](scan::Offset place, const End& one) { return place < one.end; });
}

scan::Offset PartEnds::part_end(scan::Offset mistake) const {
  const auto after = behind(mistake);
  return after == ends_.end() ? std::numeric_limits<scan::Offset>::max() : after->end;
}

scan::Offset PartEnds::part_begin(scan::Offset mistake) const {
  const auto after = behind(mistake);
  if (after == ends_.begin()) return 0;
  const End& last = *(after - 1);
  const bool word = last.end - last.begin > 1;
  return word ? last.end : last.begin;
}

}  // namespace sprx
