// What every file of cases shares: each case is played whole and with everything read one byte at a time.
#pragma once

#include <gtest/gtest.h>
#include <string>

#include "tests/runtime/script.h"

namespace sprx {

class ScriptTest : public testing::TestWithParam<ScriptCase> {};

inline std::string script_name(const testing::TestParamInfo<ScriptCase>& info) { return info.param.name; }

inline void PrintTo(const ScriptCase& test, std::ostream* out) { *out << test.name; }

}  // namespace sprx
