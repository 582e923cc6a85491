#include "compiler/table/table.h"

#include "compiler/table/index.h"

namespace sprx {

DecisionTable::DecisionTable(RuleSet rules, std::unique_ptr<const TableIndex> index, std::string version)
    : rules_(std::move(rules)), index_(std::move(index)), version_(std::move(version)) {}

DecisionTable::~DecisionTable() = default;

std::shared_ptr<const DecisionTable> empty_table() { return make_table({}); }

std::shared_ptr<const DecisionTable> make_table(RuleSet rules) {
  rules.pool.seal();
  std::string version = version_of(rules);
  auto index = build_index(rules);
  return std::make_shared<const DecisionTable>(std::move(rules), std::move(index), std::move(version));
}

}  // namespace sprx
