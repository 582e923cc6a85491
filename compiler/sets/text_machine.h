// TextMachine: the texts that a comparison holds for, as an automaton whose states are made when first reached. Only
// for what has no finite list of texts to try; see value_set.h.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/table/template.h"

namespace sprx::sets {

/// States of one automaton before it is made deterministic; past them a comparison is not looked into.
inline constexpr std::size_t kMaxMachineStates = 4'096;
/// Deterministic states of one automaton, and of several side by side, that are made before giving up.
inline constexpr std::size_t kMaxProductStates = 8'192;

/// A non-deterministic automaton over bytes, put together from the left.
class TextMachine {
 public:
  /// Begins another way through: the language is the union of all ways.
  void begin_way();
  void bytes(std::string_view text, bool nocase);
  /// Any run of bytes.
  void any();
  /// One or more bytes, none of them `separator`.
  void segment(char separator);
  /// One of these texts.
  void one_of(const std::vector<std::string>& texts, bool nocase);
  /// What comes until `end_optional` may be left out.
  void begin_optional();
  void end_optional();
  void end_way();
  /// Every match of a template.
  void add_template(const Template& value, bool nocase);

  [[nodiscard]] bool too_large() const { return states_.size() > kMaxMachineStates; }
  /// Bytes that some edge names; all others are alike to it.
  void mention(std::vector<bool>& bytes) const;

  /// Deterministic states. 0 is where it starts; kDead is where nothing leads on.
  static constexpr std::int32_t kDead = -1;
  [[nodiscard]] std::int32_t start();
  [[nodiscard]] std::int32_t step(std::int32_t state, unsigned char byte);
  [[nodiscard]] bool accepts(std::int32_t state) const;
  [[nodiscard]] std::size_t made() const { return sets_.size(); }

 private:
  struct Edge {
    enum class Kind : std::uint8_t { byte, but, any, free };  ///< free: takes nothing
    Kind kind = Kind::free;
    unsigned char byte = 0;
    std::uint32_t to = 0;
  };
  using Set = std::vector<std::uint32_t>;

  std::uint32_t state();
  void edge(Edge::Kind kind, unsigned char byte, std::uint32_t to) { states_[at_].push_back({kind, byte, to}); }
  void close(Set& set) const;
  std::int32_t id_of(Set set);

  std::vector<std::vector<Edge>> states_{2};  ///< 0: start, 1: accept
  std::uint32_t at_ = 0;
  std::vector<std::uint32_t> optional_;
  std::map<Set, std::int32_t> ids_;
  std::vector<const Set*> sets_;
  std::vector<std::map<unsigned char, std::int32_t>> steps_;
};

}  // namespace sprx::sets
