#include "compiler/build_table.h"

#include <utility>

namespace sprx {

std::shared_ptr<const DecisionTable> build_table(CheckedProgram program) {
  return make_table(std::move(program.rules));
}

}  // namespace sprx
