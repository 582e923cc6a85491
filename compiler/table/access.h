// AccessIndex: which rules of a phase may match a message, found by keys instead of trying every rule.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "compiler/table/gram_scan.h"
#include "compiler/table/prefix_table.h"
#include "compiler/table/rules.h"
#include "compiler/table/steps.h"

namespace sprx {

/// Which steps of a value a key speaks of; the `host_` ones also want the host to be one given host.
enum class Flavour : std::uint8_t { at_or_below, below, whole, host_at_or_below, host_below, host_whole };
inline constexpr std::uint8_t kFlavours = 6;

/// One value that keys are compared with, and how. What its keys hash to says in the posting table where the rules are.
struct Dimension {
  enum class Kind : std::uint8_t {
    equal,    ///< the whole text (or each element of a list)
    number,   ///< the whole number
    steps,    ///< steps of a path or host, and for paths also together with the host
    address,  ///< prefixes that hold the address
    literals  ///< literal texts that occur in the text (or in an element of a list)
  };
  std::uint32_t id = 0;  ///< goes into the keys
  ExprId left = kNoExpr;
  Kind kind = Kind::equal;
  bool nocase = false;
  bool of_path = false;  ///< the value is the request's path, which needs no node
  StepOrder order = StepOrder::path;
  std::uint8_t flavours = 0;  ///< steps: which Flavour are in use
  std::uint32_t deepest = 0;  ///< steps: no key has more
  /// steps, by Flavour: lengths of its keys as bits; and of all together. Most steps of a message have another.
  std::array<std::uint64_t, kFlavours> lengths{};
  std::uint64_t any_length = 0;
  PrefixTable prefixes;             ///< address: node i has postings [bounds[i], bounds[i + 1])
  GramScan scan;                    ///< literals: likewise with what it reports
  std::uint32_t first_literal = 0;  ///< literals: number of the first among those of all dimensions
  std::vector<std::uint32_t> bounds;

  /// steps: there is a key of each of these flavours, bits, of so many bytes.
  void add(std::uint8_t of, std::size_t length) {
    flavours |= of;
    any_length |= length_bit(length);
    for (std::size_t i = 0; i < kFlavours; ++i) {
      if ((of >> i & 1) != 0) lengths[i] |= length_bit(length);
    }
  }
  [[nodiscard]] bool may_have(std::size_t length) const { return (any_length & length_bit(length)) != 0; }
  [[nodiscard]] bool may_have(Flavour flavour, std::size_t length) const {
    return (lengths[static_cast<std::size_t>(flavour)] & length_bit(length)) != 0;
  }

 private:
  /// Lengths that differ by 64 have the same.
  static std::uint64_t length_bit(std::size_t length) { return std::uint64_t{1} << (length & 63); }
};

/// A condition without captures that several rules share: tested once, it opens or closes all of them.
struct Gate {
  ExprId condition = kNoExpr;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

/// Every rule is reachable in one way: by keys of dimensions, by gates, or as a residual. A rule that is found is only
/// a candidate: its whole condition is evaluated. Postings are sorted rule indices.
class AccessIndex {
 public:
  [[nodiscard]] std::span<const Dimension> dimensions() const { return dimensions_; }
  [[nodiscard]] std::span<const Gate> gates() const { return gates_; }
  /// Rules without a key, in order: tried for every message.
  [[nodiscard]] std::span<const std::uint32_t> residual() const { return residual_; }
  /// The rules that are posted under a key. Most keys have none: ask `may_have` first.
  [[nodiscard]] std::span<const std::uint32_t> find(std::uint64_t key) const;
  /// Begins to bring what `find(key)` will read.
  void fetch(std::uint64_t key) const {
    if (!places_.empty()) __builtin_prefetch(&places_[start(key)]);
  }
  /// False: nothing is posted under the key, nor under one that differs in the lowest bits only.
  [[nodiscard]] bool may_have(std::uint64_t key) const {
    if (filter_.empty()) return false;
    const std::uint64_t bit = key >> filter_shift_;
    return (filter_[bit >> 6] >> (bit & 63) & 1) != 0;
  }
  [[nodiscard]] std::span<const std::uint32_t> postings(std::uint32_t first, std::uint32_t count) const {
    return std::span(postings_).subspan(first, count);
  }
  /// Literals in all dimensions.
  [[nodiscard]] std::uint32_t literal_count() const { return literal_count_; }
  /// Keys in all, for the dump.
  [[nodiscard]] std::size_t key_count() const { return key_count_; }

  [[nodiscard]] static std::uint64_t text_key(std::uint32_t dimension, std::string_view value, bool nocase) {
    return hash_mix(hash_text(value, nocase), dimension + std::uint64_t{1});
  }
  [[nodiscard]] static std::uint64_t number_key(std::uint32_t dimension, std::int64_t value) {
    return hash_mix(static_cast<std::uint64_t>(value), dimension + (std::uint64_t{1} << 32));
  }
  /// What the keys of one step have in common; they differ in the lowest bits, so the filter knows them as one.
  [[nodiscard]] static std::uint64_t step_base(std::uint32_t dimension, std::uint64_t step) {
    return hash_mix(step, dimension + (std::uint64_t{2} << 32));
  }
  [[nodiscard]] static std::uint64_t step_key(std::uint64_t base, Flavour flavour) {
    return base ^ static_cast<std::uint64_t>(flavour);
  }
  [[nodiscard]] static std::uint64_t with_host(std::uint64_t step, std::uint64_t host) { return hash_mix(step, host); }

 private:
  friend class AccessBuilder;
  struct Place {
    std::uint64_t key = 0;
    std::uint32_t first = 0;  // in postings_; of a single rule it is the rule itself
    std::uint32_t count = 0;  // 0: free
  };
  /// Bits a key of the filter: most look-ups find nothing, and then touch nothing else.
  static constexpr std::size_t kFilterBits = 16;
  std::vector<std::uint64_t> filter_;  // by the upper bits of keys
  std::uint32_t filter_shift_ = 0;
  std::vector<Dimension> dimensions_;
  std::vector<Gate> gates_;
  std::vector<std::uint32_t> residual_;
  std::vector<std::uint32_t> postings_;
  /// Keys of one step differ in their lowest bits only: they stand side by side.
  [[nodiscard]] std::size_t start(std::uint64_t key) const {
    return static_cast<std::size_t>((key >> 32) * places_.size() >> 32);
  }
  std::vector<Place> places_;  // two thirds full
  std::size_t key_count_ = 0;
  std::uint32_t literal_count_ = 0;
};

/// Builds the index of one phase. `reads_captures[id]`: the value of that node depends on captures.
[[nodiscard]] AccessIndex build_access(const RuleSet& rules, Phase phase, const std::vector<bool>& reads_captures);

}  // namespace sprx
