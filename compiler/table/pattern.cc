#include "compiler/table/pattern.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "compiler/table/pattern_scan.h"

namespace sprx {
namespace {

/// Submatches up to this group number are read without allocation.
constexpr std::size_t kGroupsOnStack = 32;

re2::RE2::Options options_for(bool utf8) {
  re2::RE2::Options options;
  options.set_encoding(utf8 ? re2::RE2::Options::EncodingUTF8 : re2::RE2::Options::EncodingLatin1);
  options.set_log_errors(false);
  options.set_dot_nl(true);
  options.set_max_mem(kPatternMemory);
  return options;
}

/// What RE2 refused although the scanner did not: rare, so in RE2's words, at the place it names if that is found.
PatternError translated(const re2::RE2& regex, const ScannedPattern& scanned, std::size_t source_size) {
  PatternError error;
  error.end = source_size;
  if (regex.error_code() == re2::RE2::ErrorPatternTooLarge) {
    error.message = fmt::format("the pattern needs more than {} MiB when compiled", kPatternMemory >> 20U);
    error.help = "repeat less, or split it into a list of patterns";
    return error;
  }
  if (regex.error_code() == re2::RE2::ErrorRepeatSize) {
    error.message = fmt::format("nested repetitions multiply to more than {}", kMaxRepetition);
    return error;
  }
  const std::string& argument = regex.error_arg();
  const std::size_t at = argument.empty() ? std::string::npos : scanned.text.find(argument);
  if (at != std::string::npos) {
    error.begin = scanned.origins[at];
    const std::size_t after = at + argument.size();
    error.end = after < scanned.origins.size() ? scanned.origins[after] : source_size;
  }
  error.message = regex.error_code() == re2::RE2::ErrorBadCharRange
                      ? fmt::format("unknown character class `{}` in a pattern", argument)
                      : fmt::format("the pattern is not accepted: {}", regex.error());
  error.help = regex.error_code() == re2::RE2::ErrorBadCharRange ? "classes are `\\d`, `\\w`, `\\s`, `[[:alpha:]]`, `\\pL` and such"
                                                                 : "`sprx explain E5003` has the syntax of patterns";
  return error;
}

}  // namespace

PatternResult compile_pattern(std::string_view source, bool nocase) {
  PatternResult result;
  result.value.source = std::string(source);
  result.value.nocase = nocase;
  ScannedPattern scanned = scan_pattern(source, nocase);
  if (!scanned.errors.empty()) {
    result.errors = std::move(scanned.errors);
    return result;
  }
  auto regex = std::make_shared<const re2::RE2>(scanned.text, options_for(scanned.utf8));
  if (!regex->ok()) {
    result.errors.push_back(translated(*regex, scanned, source.size()));
    return result;
  }
  result.value.regex = std::move(regex);
  result.value.names = std::move(scanned.names);
  result.value.groups = std::move(scanned.groups);
  return result;
}

MatchOutcome search(const Pattern& pattern, std::string_view value, std::span<std::string_view> captures) {
  if (pattern.regex == nullptr || !pattern.regex->ok()) return MatchOutcome::failed;
  const re2::StringPiece text(value.data(), value.size());
  const std::size_t names = std::min(pattern.names.size(), captures.size());
  const std::size_t wanted = names == 0 ? 0 : static_cast<std::size_t>(pattern.groups[names - 1]) + 1;
  std::array<re2::StringPiece, kGroupsOnStack> on_stack;
  std::vector<re2::StringPiece> on_heap;
  std::span<re2::StringPiece> groups(on_stack);
  if (wanted > groups.size()) {
    on_heap.resize(wanted);
    groups = on_heap;
  }
  if (!pattern.regex->Match(text, 0, text.size(), re2::RE2::UNANCHORED, groups.data(), static_cast<int>(wanted))) {
    return MatchOutcome::no;
  }
  for (std::size_t i = 0; i < names; ++i) {
    const re2::StringPiece& group = groups[static_cast<std::size_t>(pattern.groups[i])];
    captures[i] = group.data() == nullptr ? std::string_view{} : std::string_view(group.data(), group.size());
  }
  return MatchOutcome::yes;
}

}  // namespace sprx
