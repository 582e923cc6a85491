// Texts of random programs and messages: mostly of the few words, so that they meet; of any letters where a fuzzer
// chooses.
#include "compiler/table/pattern.h"
#include "compiler/table/template.h"
#include "tests/decide/program_maker.h"
#include "tests/decide/program_words.h"

namespace sprx::test {

std::string ProgramMaker::segment() {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  std::string free = freely() ? choices_.letters(kLetters) : std::string();
  return free.empty() ? std::string(one_of(kSegments)) : free;
}

std::string ProgramMaker::path_text() {
  std::string out;
  for (std::size_t depth = below(4); depth > 0; --depth) out += "/" + segment();
  if (out.empty() || chance(20)) out += '/';
  return out;
}

std::string ProgramMaker::host_text() {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
  const std::string label = freely() ? choices_.letters(kLetters) : std::string();
  return (label.empty() ? "" : label + ".") + std::string(one_of(kHosts));
}

std::string ProgramMaker::word() {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
  return freely() ? choices_.letters(kLetters) : std::string(one_of(kWords));
}

/// A text made of few letters: pieces of it, of any length and case, stand in it and in each other.
std::string ProgramMaker::fragment() {
  std::string whole = freely() ? choices_.letters("abcABC \xe9\xc3-") : std::string();
  for (std::size_t n = 1 + below(4); n > 0; --n) whole += one_of(kFragments);
  const std::size_t first = below(whole.size());
  return whole.substr(first, 1 + below(chance(10) ? 120 : 12));
}

std::string ProgramMaker::pattern_text(std::span<const std::string_view> known) {
  if (freely()) {
    const std::string made = choices_.letters("abcABfo.*+?()[]|^$\\{}012,:-ixs&~\xe9");
    if (compile_pattern(made, false).errors.empty() && compile_pattern(made, true).errors.empty()) return made;
  }
  return std::string(one_of(known));
}

std::string ProgramMaker::template_text(std::span<const std::string_view> known, TemplateKind kind) {
  constexpr std::string_view kOfPaths[] = {"/",      "a", "B",  "/blog", "{x}",     "/{y}", "{z...}", "/*",   "[/]",
                                           "[/{w}]", "_", "12", ".html", "{_:a|b}", "foo",  "/{v}",   "admin"};
  constexpr std::string_view kOfHosts[] = {"x.",   "org",    "x.org", "a",         "{x}", "{y...}.",
                                           "www.", "[www.]", "*.",    "{_:a|www}", "b.",  "com"};
  if (freely()) {
    std::string made;
    for (std::size_t n = 1 + below(6); n > 0; --n)
      made += kind == TemplateKind::path ? one_of(kOfPaths) : one_of(kOfHosts);
    if (parse_template(made, kind).value) return made;
  }
  return std::string(one_of(known));
}

std::string ProgramMaker::address_text() { return std::string(one_of(kAddresses)); }

}  // namespace sprx::test
