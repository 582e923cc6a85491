#include "runtime/decide/compare.h"

#include <algorithm>
#include <cstring>

#include "compiler/table/canonical.h"

namespace sprx {

bool text_equal(std::string_view a, std::string_view b, bool nocase) { return nocase ? equal_nocase(a, b) : a == b; }

bool text_contains(std::string_view text, std::string_view part, bool nocase) {
  // Not std::string_view::find, which takes the product of both lengths where they are made for it.
  if (!nocase) return part.empty() || ::memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
  const auto same = [](char a, char b) { return fold(a) == fold(b); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end() || part.empty();
}

bool text_starts_with(std::string_view text, std::string_view part, bool nocase) {
  return text.size() >= part.size() && text_equal(text.substr(0, part.size()), part, nocase);
}

bool text_ends_with(std::string_view text, std::string_view part, bool nocase) {
  return text.size() >= part.size() && text_equal(text.substr(text.size() - part.size()), part, nocase);
}

bool text_under(std::string_view text, std::string_view top, StepOrder order, bool nocase) {
  if (order == StepOrder::host) {
    if (!text_ends_with(text, top, nocase)) return false;
    return text.size() == top.size() || text[text.size() - top.size() - 1] == '.';
  }
  if (!text_starts_with(text, top, nocase)) return false;
  return text.size() == top.size() || text[top.size()] == '/' || top.ends_with('/');
}

}  // namespace sprx
