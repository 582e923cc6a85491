// Ledger: what the limits of `over` are charged to. It is handed in, so that deciding stays free of clocks and of what
// workers share.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "compiler/table/expr.h"

namespace sprx {

class Ledger {
 public:
  virtual ~Ledger() = default;
  /// Takes one token from `key`'s bucket of a limit; false: there was none. Called at most once a limit and request.
  /// `key` is of this call only.
  [[nodiscard]] virtual bool take(LimitId limit, std::string_view key) = 0;
};

/// Every bucket is full, but those of limits that were said to be exhausted: what traces and tests in the language
/// begin with.
class FreshLedger final : public Ledger {
 public:
  void exhaust(LimitId limit) { exhausted_.push_back(limit); }
  [[nodiscard]] bool take(LimitId limit, std::string_view) override {
    for (const LimitId known : exhausted_) {
      if (known == limit) return false;
    }
    return true;
  }

 private:
  std::vector<LimitId> exhausted_;
};

}  // namespace sprx
