// Trial: what a mistake's fix would lead to is tried before it is called certain, and a quote that is missing is looked
// for by putting one in.
#pragma once

#include "grammar/parse.h"

namespace sprx {

using ParseOnce = ParseResult (*)(FileId, std::string_view, const ParseLimits&);

/// Where a line with a mistake holds an odd number of `"`, that is the mistake: the ones that follow from it give way
/// to one that says where the quote is missing. Its fix is certain if a quote fits in one place only.
void find_missing_quotes(FileId file, std::string_view text, const ParseLimits& limits, ParseOnce parse_once,
                         ParseResult& result);

/// Fixes that leave another mistake in their part of the line (see parted.h), one without a certain fix of its own, are
/// not certain, nor are the others of the same finding.
void doubt_fixes(FileId file, std::string_view text, const ParseLimits& limits, ParseOnce parse_once,
                 ParseResult& result);

}  // namespace sprx
