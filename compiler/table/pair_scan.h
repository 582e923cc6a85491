// PairScan: which of a handful of literal texts occur in a value. Each is found by two bytes that stand side by side in
// it and that ordinary traffic rarely has so; sixteen places of the value are looked at together.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/table/block.h"
#include "compiler/table/literal.h"

namespace sprx {

/// Immutable once built. Scanning allocates nothing. For more literals than it takes there is GramScan.
class PairScan {
 public:
  [[nodiscard]] static bool takes(std::span<const Literal> literals);
  /// Of literals that it takes.
  void build(std::span<const Literal> literals);

  /// As GramScan::scan.
  template <typename Hit>
  bool scan(std::string_view value, Hit&& hit) const {
    for (std::size_t at = next(value, 0); at < value.size(); at = next(value, at + 1)) {
      for (const Wanted& wanted : wanted_) {
        if (stands_at(wanted, value, at) && hit(wanted.id)) return true;
      }
    }
    return false;
  }
  [[nodiscard]] bool empty() const { return wanted_.empty(); }
  /// Memory held, bytes.
  [[nodiscard]] std::size_t bytes() const { return wanted_.size() * sizeof(Wanted) + texts_.size(); }

 private:
  struct Wanted {
    Block first;  // the byte that is looked for, sixteen times
    Block second;
    std::uint32_t at = 0;  // in texts_
    std::uint32_t id = 0;
    std::uint16_t size = 0;
    std::uint16_t before = 0;  // its bytes before the pair
    bool nocase = false;
  };

  /// The first place from `at` on where the pair of one of them stands; the value's size where there is none.
  [[nodiscard]] std::size_t next(std::string_view value, std::size_t at) const;
  [[nodiscard]] std::uint32_t starts_in(const char* places) const;
  /// Whether it stands where its pair would be at `at`.
  [[nodiscard]] bool stands_at(const Wanted& wanted, std::string_view value, std::size_t at) const;

  std::vector<Wanted> wanted_;
  std::string texts_;
};

}  // namespace sprx
