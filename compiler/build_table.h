// build_table: CheckedProgram -> DecisionTable. Cannot fail: everything that could was an error of `check`.
#pragma once

#include <memory>

#include "compiler/program.h"
#include "compiler/table/table.h"

namespace sprx {

[[nodiscard]] std::shared_ptr<const DecisionTable> build_table(CheckedProgram program);

}  // namespace sprx
