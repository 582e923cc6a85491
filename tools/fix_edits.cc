#include "tools/fix_edits.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "grammar/parted.h"

namespace sprx {

bool by_place(const TextEdit& a, const TextEdit& b) { return std::tie(a.file, a.begin) < std::tie(b.file, b.begin); }

bool TakenPlaces::is_taken(const TextEdit& edit) const {
  const auto next = ends_.lower_bound({edit.file, edit.begin});
  if (next != ends_.end() && next->first.first == edit.file &&
      (next->first.second == edit.begin || next->first.second < edit.end))
    return true;
  if (next == ends_.begin()) return false;
  const auto previous = std::prev(next);
  return previous->first.first == edit.file && previous->second > edit.begin;
}

bool TakenPlaces::take(const std::vector<TextEdit>& edits) {
  for (std::size_t i = 0; i < edits.size(); ++i) {
    const bool own = i > 0 && edits[i].file == edits[i - 1].file &&
                     (edits[i].begin == edits[i - 1].begin || edits[i].begin < edits[i - 1].end);
    if (own || is_taken(edits[i])) return false;
  }
  for (const TextEdit& edit : edits) ends_.emplace(std::pair(edit.file, edit.begin), edit.end);
  return true;
}

EditSet::EditSet(std::vector<TextEdit> edits) : edits_(std::move(edits)) {
  std::sort(edits_.begin(), edits_.end(), by_place);
  for (std::size_t i = 0; i < edits_.size(); ++i) {
    const TextEdit& edit = edits_[i];
    std::vector<Place>& places = places_[edit.file];
    const std::uint32_t begin = places.empty() ? edit.begin : places.back().new_end + (edit.begin - places.back().end);
    places.push_back({edit.begin, edit.end, begin, begin + static_cast<std::uint32_t>(edit.text.size()), i});
  }
}

const std::vector<EditSet::Place>& EditSet::in(const std::string& file) const {
  static const std::vector<Place> kNone;
  const auto found = places_.find(file);
  return found == places_.end() ? kNone : found->second;
}

std::vector<std::string> EditSet::files() const {
  std::vector<std::string> out;
  for (const auto& [file, places] : places_) out.push_back(file);
  return out;
}

std::string EditSet::applied_to(std::string_view text, const std::string& file) const {
  std::string out;
  std::size_t at = 0;
  for (const Place& place : in(file)) {
    out.append(text.substr(at, place.begin - at)).append(edits_[place.edit].text);
    at = place.end;
  }
  return out.append(text.substr(at));
}

std::uint32_t EditSet::moved(const std::string& file, std::uint32_t at) const {
  const std::vector<Place>& places = in(file);
  const auto next = std::lower_bound(places.begin(), places.end(), at,
                                     [](const Place& place, std::uint32_t wanted) { return place.begin < wanted; });
  const bool put_in = next != places.end() && next->begin == at && next->end == at;
  return put_in ? next->new_end : moved_before(file, at);
}

std::uint32_t EditSet::moved_before(const std::string& file, std::uint32_t at) const {
  const std::vector<Place>& places = in(file);
  const auto after = std::lower_bound(places.begin(), places.end(), at,
                                      [](const Place& place, std::uint32_t wanted) { return place.begin < wanted; });
  if (after == places.begin()) return at;
  const Place& last = *(after - 1);
  return at < last.end ? last.new_begin : last.new_end + (at - last.end);
}

std::vector<std::size_t> EditSet::touching(const std::string& file, std::uint32_t begin, std::uint32_t end,
                                           std::optional<std::uint32_t> past) const {
  const std::vector<Place>& places = in(file);
  const std::uint32_t from = past ? std::max(begin, *past + 1) : begin;
  constexpr std::size_t kMost = 64;  // one line may hold very many
  std::vector<std::size_t> out;
  for (auto at = std::lower_bound(places.begin(), places.end(), from,
                                  [](const Place&place, std::uint32_t wanted) { return place.new_end < wanted; });
       at != places.end() && at->new_begin <= end && out.size() < kMost; ++at) {
    out.push_back(at->edit);
  }
  return out;
}

bool EditSet::put_sign_in(const std::string& file, std::uint32_t begin, std::uint32_t end) const {
  const std::vector<Place>& places = in(file);
  for (auto at = std::lower_bound(places.begin(), places.end(), begin + 1,
                                  [](const Place&place, std::uint32_t wanted) { return place.new_end < wanted; });
       at != places.end() && at->new_begin < end; ++at) {
    if (is_sign(edits_[at->edit].text)) return true;
  }
  return false;
}

bool EditSet::wrote(const std::string& file, std::uint32_t begin, std::uint32_t end) const {
  const std::vector<Place>& places = in(file);
  auto at = std::upper_bound(places.begin(), places.end(), begin,
                             [](std::uint32_t wanted, const Place& place) { return wanted < place.new_begin; });
  // One that took text away may stand where the one before it ends.
  for (; at != places.begin() && (at - 1)->new_end >= end; --at) {
    if (edits_[(at - 1)->edit].text.size() > 1) return true;
  }
  return false;
}

}  // namespace sprx
