// LiveTable: the table in use, and those that requests may still hold. Old ones are freed here, off the request path.
#pragma once

#include <algorithm>
#include <memory>
#include <mutex>
#include <vector>

#include "compiler/table/table.h"

namespace sprx {

class LiveTable {
 public:
  void set(std::shared_ptr<const DecisionTable> table) {
    const std::lock_guard lock(mutex_);
    if (current_) old_.push_back(std::move(current_));
    current_ = std::move(table);
  }
  [[nodiscard]] std::shared_ptr<const DecisionTable> current() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  /// Frees the tables that nobody else holds; true while some are left. A worker never frees one: the largest take a
  /// while.
  bool collect() {
    std::vector<std::shared_ptr<const DecisionTable>> free;
    const std::lock_guard lock(mutex_);
    const auto unused =
        std::partition(old_.begin(), old_.end(), [](const auto& table) { return table.use_count() > 1; });
    free.assign(std::make_move_iterator(unused), std::make_move_iterator(old_.end()));
    old_.erase(unused, old_.end());
    return !old_.empty();
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const DecisionTable> current_;
  std::vector<std::shared_ptr<const DecisionTable>> old_;
};

}  // namespace sprx
