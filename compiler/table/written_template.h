// Templates as authors write them after `like`, beside those that are rows of data.
#pragma once

#include "compiler/table/template.h"

namespace sprx {

/// As parse_template; but of text without tokens too what canonicalising would merge or resolve is an error: only a row
/// of data is a key like any other.
[[nodiscard]] TemplateResult parse_written_template(std::string_view text, TemplateKind kind);

}  // namespace sprx
