#include "compiler/table/pattern.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <re2/re2.h>

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
  error.help = regex.error_code() == re2::RE2::ErrorBadCharRange
                   ? "classes are `\\d`, `\\w`, `\\s`, `[[:alpha:]]`, `\\pL` and such"
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

int group_count(const Pattern& pattern) {
  return pattern.regex == nullptr ? 0 : pattern.regex->NumberOfCapturingGroups();
}

std::size_t program_size(const Pattern& pattern) {
  return pattern.regex == nullptr ? 0 : static_cast<std::size_t>(std::max(0, pattern.regex->ProgramSize()));
}

namespace {

/// Groups that a replacement can name: `\0` to `\9`.
constexpr std::size_t kReplacementGroups = 10;

/// Bytes of the character at the front of `text`: an empty match is stepped over whole characters.
std::size_t character_size(std::string_view text, bool utf8) {
  std::size_t size = 1;
  while (utf8 && size < std::min<std::size_t>(text.size(), 4) &&
         (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) {
    ++size;
  }
  return std::min(size, text.size());
}

/// Groups that a replacement names, the match itself included: only these are asked for, since a pattern is matched by
/// slower engines when more than the match is wanted.
std::size_t groups_named(std::string_view replacement) {
  std::size_t most = 0;
  for (std::size_t i = 0; i + 1 < replacement.size(); ++i) {
    if (replacement[i] != '\\') continue;
    ++i;
    if (replacement[i] >= '0' && replacement[i] <= '9')
      most = std::max(most, static_cast<std::size_t>(replacement[i] - '0'));
  }
  return most + 1;
}

void append_replacement(std::string_view replacement, std::span<const re2::StringPiece> groups, std::string& out) {
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    const char next = replacement[i] == '\\' && i + 1 < replacement.size() ? replacement[i + 1] : '\0';
    if (next >= '0' && next <= '9') {
      const auto group = static_cast<std::size_t>(next - '0');
      if (group < groups.size()) out.append(groups[group].data(), groups[group].size());
      ++i;
    } else {
      out += replacement[i];
      if (next == '\\') ++i;
    }
  }
}

}  // namespace

MatchOutcome replace_all(const Pattern& pattern, std::string_view text, std::string_view replacement, std::size_t most,
                         std::string& out) {
  if (pattern.regex == nullptr || !pattern.regex->ok()) return MatchOutcome::failed;
  const bool utf8 = pattern.regex->options().encoding() == re2::RE2::Options::EncodingUTF8;
  const std::size_t before = out.size();
  const re2::StringPiece whole(text.data(), text.size());
  std::array<re2::StringPiece, kReplacementGroups> room;
  const std::size_t most_groups = 1 + static_cast<std::size_t>(group_count(pattern));
  const std::span<re2::StringPiece> groups = std::span(room).first(std::min(groups_named(replacement), most_groups));
  std::size_t at = 0;
  std::size_t last_end = std::string_view::npos;
  std::size_t replaced = 0;
  while (at <= text.size()) {
    if (!pattern.regex->Match(whole, at, text.size(), re2::RE2::UNANCHORED, groups.data(),
                              static_cast<int>(groups.size()))) {
      break;
    }
    const auto begin = static_cast<std::size_t>(groups[0].data() - text.data());
    out.append(text, at, begin - at);
    if (groups[0].empty() && begin == last_end) {
      const std::size_t step = character_size(text.substr(begin), utf8);
      out.append(text, begin, step);
      at = begin + std::max<std::size_t>(step, 1);
      continue;
    }
    append_replacement(replacement, groups, out);
    at = last_end = begin + groups[0].size();
    if (++replaced > kMaxReplacements || out.size() - before > most) return MatchOutcome::failed;
  }
  if (replaced == 0) {
    out.resize(before);
    return MatchOutcome::no;
  }
  if (at < text.size()) out.append(text, at);
  return out.size() - before > most ? MatchOutcome::failed : MatchOutcome::yes;
}

}  // namespace sprx
