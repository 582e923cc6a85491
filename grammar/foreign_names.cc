// Names with hyphens: of headers without quotes, and of other languages' own.
#include <array>

#include "grammar/advice_parts.h"
#include "grammar/foreign_parts.h"

namespace sprx {

Foreign foreign::found(Offset begin, std::size_t size, std::string message, std::string_view help,
                       std::string_view replacement, bool certain) {
  Foreign out{begin, begin + static_cast<Offset>(size), std::move(message), std::string(help),
              std::string(replacement)};
  out.certain = certain;
  return out;
}

namespace {

/// What a name of several parts begins with, and what holds it here.
struct Root {
  std::string_view theirs;
  std::string_view ours;
};
constexpr std::array kRoots = {Root{"req.http.", "header"},
                               Root{"bereq.http.", "header"},
                               Root{"beresp.http.", "response.header"},
                               Root{"resp.http.", "response.header"},
                               Root{"obj.http.", "response.header"},
                               Root{"request.headers.", "header"},
                               Root{"request.header.", "header"},
                               Root{"response.headers.", "response.header"},
                               Root{"response.header.", "response.header"},
                               Root{"headers.", "header"},
                               Root{"header.", "header"},
                               Root{"cookies.", "cookie"},
                               Root{"cookie.", "cookie"},
                               Root{"query.", "query"}};

/// `header Retry-After`: the name of a header or cookie behind the word for it.
std::optional<Foreign> after_its_field(std::string_view text, Offset begin, std::string_view whole) {
  const auto before_blanks = [&](Offset at) {
    while (at > 0 && scan::is_blank(text[at - 1])) {
      --at;
    }
    return at;
  };
  Offset word = before_blanks(begin);
  const Offset end = word;
  while (word > 0 && begin - word < scan::kLookBack && (scan::is_name_char(text[word - 1]) || text[word - 1] == '.')) {
    --word;
  }
  const std::string_view field = text.substr(word, end - word);
  if (end == begin ||
      (field != "header" && field != "cookie" && field != "response.header" && field != "response.cookie")) {
    return std::nullopt;
  }
  const std::string name = "\"" + std::string(whole) + "\"";
  const Offset before = before_blanks(word);
  const bool entry = before > 0 && (text[before - 1] == '{' || text[before - 1] == ';' || text[before - 1] == '}' ||
                                    text.substr(0, before).ends_with(" no"));
  if (entry) {
    return foreign::found(begin, whole.size(), scan::ticked(whole) + " is not a name",
                          "it stands in quotes: " + scan::ticked(std::string(field) + " " + name), name, true);
  }
  const std::string key = std::string(field) + "[" + name + "]";
  Foreign out = foreign::found(word, begin + whole.size() - word, scan::ticked(whole) + " is not a name",
                               "the name stands in brackets and quotes: " + scan::ticked(key), key, true);
  return out;
}

/// `bad-bots`, or `User-Agent` where a header is meant.
Foreign hyphened(std::string_view text, Offset begin, std::string_view whole) {
  std::string name(whole);
  for (char& c : name) {
    c = c == '-' ? '_' : c;
  }
  Offset before = begin;
  while (before > 0 && scan::is_blank(text[before - 1])) {
    --before;
  }
  if (before > 0 && text[before - 1] == '[' && before > 1 && scan::is_name_char(text[before - 2])) {
    const std::string key = "\"" + std::string(whole) + "\"";
    return foreign::found(begin, whole.size(), scan::ticked(whole) + " is not a name",
                          "a key stands in quotes: " + scan::ticked("[" + key + "]"), key, true);
  }
  if (auto named = after_its_field(text, begin, whole)) {
    return *named;
  }
  if (before > 0 && (text[before - 1] == '=' || advice::word_before(text, before) == "origin")) {
    // Where a value stands, a word with a hyphen is text.
    return advice::bare(text, begin, advice::bare_end(text, begin, ";,)]}{\""), "text", false);
  }
  if (whole[0] >= 'A' && whole[0] <= 'Z') {
    const std::string field = "header[\"" + std::string(whole) + "\"]";
    return foreign::found(begin, whole.size(), scan::ticked(whole) + " is not a name",
                          "a header is written " + scan::ticked(field), field);
  }
  return foreign::found(begin, whole.size(), scan::ticked(whole) + " is not a name",
                        "names have no `-`: write " + scan::ticked(name), name);
}

/// `X-Forwarded-For`: a name with hyphens; its end.
Offset header_name_end(std::string_view text, Offset at) {
  while (at < text.size() && (scan::is_name_char(text[at]) || text[at] == '-')) {
    ++at;
  }
  return at;
}

}  // namespace

std::optional<Foreign> foreign::hyphenated_name(std::string_view text, Offset at) {
  if (!text.substr(at).starts_with('-') || at == 0 || !scan::is_name_char(text[at - 1])) return std::nullopt;
  Offset begin = at;
  while (begin > 0 && at - begin < scan::kLookBack && (scan::is_name_char(text[begin - 1]) || text[begin - 1] == '.')) {
    --begin;
  }
  const Offset end = header_name_end(text, at);
  const std::string_view whole = text.substr(begin, end - begin);
  for (const Root& root : kRoots) {
    if (!whole.starts_with(root.theirs)) continue;
    const std::string field = std::string(root.ours) + "[\"" + std::string(whole.substr(root.theirs.size())) + "\"]";
    return found(begin, whole.size(), scan::ticked(whole) + " is not a field",
                 "the field is written " + scan::ticked(field), field, true);
  }
  if (!scan::is_name_start(text[begin])) return std::nullopt;
  return hyphened(text, begin, whole);
}

}  // namespace sprx
