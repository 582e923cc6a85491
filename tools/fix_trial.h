// What fixes led to: the compilation with them in, against the one without.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "compiler/compile.h"
#include "tools/fix_edits.h"

namespace sprx {

/// A file by name, a byte of it, a message.
using FindingPlace = std::tuple<std::string, std::uint32_t, std::string>;

[[nodiscard]] std::string name_of(const Compilation& run, FileId file);
[[nodiscard]] FindingPlace place_of(const Compilation& run, const Diagnostic& d);
[[nodiscard]] bool is_syntax(const Diagnostic& d);

/// One thing that is said against edits.
struct Objection {
  std::string why;
  std::vector<std::size_t> edits;  ///< which it has to do with, by their places in `EditSet::all`; or
  const Diagnostic* of = nullptr;  ///< the finding that stands as before
};

/// Why `edits` are not to be: what is wrong in `after`, with them in, that was not in `before`, and that they have to
/// do with. `of`: the findings whose fixes are tried now, all of syntax or none. Nothing if they are fine.
[[nodiscard]] std::vector<Objection> objections(const Compilation& before, const EditSet& edits,
                                                const Compilation& after, const std::vector<const Diagnostic*>& of);

}  // namespace sprx
