// Facts: what is known of values at a place because conditions held there. Learnt and asked in check_facts.cc.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "compiler/table/expr.h"

namespace sprx {

/// How a value is known to be one of few, so that it may stand where client text may not.
struct Proof {
  enum class Kind : std::uint8_t { list, table, text, trusted };
  Kind kind = Kind::trusted;
  std::uint32_t id = 0;  ///< ListId, TableId or ExprId
  friend bool operator==(const Proof&, const Proof&) = default;
};

/// What is known to hold at a place because a condition held.
struct Facts {
  const Facts* parent = nullptr;
  std::unordered_set<std::uint32_t> present;                     ///< ExprIds of values
  std::unordered_set<std::uint64_t> keys;                        ///< `key(value, table)`: the value is a key of it
  std::unordered_map<std::uint32_t, std::vector<Proof>> proofs;  ///< by ExprId: one of these

  static std::uint64_t key(ExprId value, std::uint32_t table) {
    return static_cast<std::uint64_t>(value) << 32 | table;
  }
  [[nodiscard]] bool has(ExprId id) const;
  [[nodiscard]] bool has_key(ExprId value, std::uint32_t table) const;
  [[nodiscard]] const std::vector<Proof>* proof(ExprId id) const;
};

/// Steps that a question about presence or proof may take; past them the answer is no.
inline constexpr int kProofBudget = 10'000;

/// What a capture is known to hold.
struct CaptureInfo {
  bool authority = false;  ///< made of the host alone: may stand where a redirect's host stands
  bool begins_with_slash = false;
  bool may_be_empty = false;
  bool behind_word = false;               ///< the rest of a path behind a letter or a digit: mostly it begins with `/`
  bool behind_slash = false;              ///< the rest of a path behind a `/`
  std::vector<std::string> alternatives;  ///< not empty: one of these
};

}  // namespace sprx
