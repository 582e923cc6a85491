// GramScan: which of many literal texts occur in a value, in one pass over it. Each literal is found by one group of
// bytes ("gram") that few others share and that ordinary traffic rarely has; only where such a group stands is anything
// compared.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "compiler/table/literal.h"
#include "compiler/table/pair_scan.h"

namespace sprx {

/// At most so many literals share a gram: with it the work that one byte of a value can cause is bounded.
inline constexpr std::uint32_t kMaxLiteralsOfGram = 16;

/// Immutable once built. Scanning allocates nothing and needs no particular CPU.
class GramScan {
 public:
  /// Takes the literals and returns the indices of those that it refuses: empty, too long, or with no gram that is not
  /// crowded already.
  std::vector<std::uint32_t> build(std::span<const Literal> literals);

  /// Calls `hit(id)` for every place where a literal stands, in no particular order and perhaps several times, until it
  /// returns true. Whether it did.
  template <typename Hit>
  bool scan(std::string_view value, Hit&& hit) const {
    if (!few_.empty()) return few_.scan(value, hit);
    for (const Pass& pass : passes_) {
      if (scan_with(pass, value, hit)) return true;
    }
    return false;
  }
  [[nodiscard]] bool empty() const { return passes_.empty() && few_.empty(); }
  [[nodiscard]] std::size_t size() const { return count_; }
  /// Memory held, bytes.
  [[nodiscard]] std::size_t bytes() const;

 private:
  /// Where a gram's literals are: refs_[first, first + count).
  struct Place {
    std::uint32_t gram = 0;
    std::uint32_t first = 0;
    std::uint32_t count = 0;  // 0: free
  };
  /// A literal, with all that tells a text which is nearly it from one that is.
  struct Ref {
    std::uint32_t at = 0;  // in texts_
    std::uint32_t id = 0;
    std::uint32_t end = 0;  // its last four bytes as read() gives them; 0 where it has less
    std::uint16_t size = 0;
    std::uint16_t before : 15 = 0;  // its bytes before the gram
    std::uint16_t nocase : 1 = 0;
  };
  /// Literals of one class of lengths. With stride 2 each literal has two grams, one byte apart, so that one of them
  /// stands at an even place wherever the literal does.
  struct Pass {
    std::uint32_t width = 4;  // kWide, or 4 at most
    std::uint32_t stride = 1;
    std::uint32_t mask = 0xFFFFFFFF;
    std::uint32_t filter_shift = 0;
    std::uint32_t place_shift = 0;
    bool byte_each = false;  // the filter has a byte a slot and not a bit: quicker where it is small
    std::vector<std::uint8_t> filter;
    std::vector<Place> places;  // a power of two, at most half full
  };
  struct Gram {
    std::uint32_t gram;
    Ref ref;
  };

  /// Grams are compared without regard to case, which is enough for finding: 0x20 is set in every byte.
  static constexpr std::uint32_t kCase = 0x20202020;
  [[nodiscard]] static std::uint32_t read(const char* at, std::uint32_t mask) {
    std::uint32_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return (word | kCase) & mask;
  }
  /// Bytes of a wide gram: names that are put together from the same syllables share their grams of four bytes, not
  /// these.
  static constexpr std::uint32_t kWide = 8;
  /// What stands for a wide gram. Two may come to the same, which costs a look and no more.
  [[nodiscard]] static std::uint32_t read_wide(const char* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return static_cast<std::uint32_t>((word | std::uint64_t{kCase} << 32 | kCase) * 0x9E3779B97F4A7C15ULL >> 32);
  }
  /// Bytes of a value from which four grams two bytes apart begin; they need two more, or six.
  static constexpr std::size_t kGroup = 8;
  [[nodiscard]] static std::uint32_t read_end(const char* at, std::size_t width) {
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < width; ++i) {
      word |= (static_cast<std::uint32_t>(static_cast<unsigned char>(at[i])) | 0x20U) << (8 * i);
    }
    return word;
  }
  [[nodiscard]] static std::uint32_t gram_of(const char* at, std::uint32_t width) {
    return width == kWide ? read_wide(at) : read_end(at, width);
  }
  [[nodiscard]] static std::uint32_t spread(std::uint32_t gram, bool wide) { return wide ? gram : gram * 0x9E3779B1U; }
  /// The lowest bit: whether a literal may have the gram.
  template <bool kByteEach, bool kOfEight>
  [[nodiscard]] static std::uint32_t may_have(const Pass& pass, std::uint32_t gram) {
    const std::uint32_t slot = spread(gram, kOfEight) >> pass.filter_shift;
    if constexpr (kByteEach) return pass.filter[slot];
    return static_cast<std::uint32_t>(pass.filter[slot >> 3]) >> (slot & 7);
  }
  /// The last bytes first: what differs from many literals in its last byte only would cost most.
  [[nodiscard]] static bool may_stand_at(const Ref& literal, std::string_view value, std::size_t begin) {
    if (literal.size > value.size() - begin) return false;
    return literal.size < 4 || read(value.data() + begin + literal.size - 4, 0xFFFFFFFF) == literal.end;
  }
  [[nodiscard]] bool stands_at(const Ref& literal, const char* text) const;
  [[nodiscard]] static std::span<const Place> find(const Pass& pass, std::uint32_t gram);

  /// Stride 2: the first of `at`, `at` + kGroup, ... where one of four grams may be a literal's, or the first that has
  /// no room for four. Most of a value is gone through here.
  template <bool kByteEach, bool kOfEight>
  [[nodiscard]] static std::size_t worth_a_look(const Pass& pass, std::string_view value, std::size_t at);

  template <typename Hit>
  bool verify(const Pass& pass, std::string_view value, std::size_t at, std::uint32_t gram, Hit& hit) const {
    for (const Place& place : find(pass, gram)) {
      for (std::uint32_t i = place.first; i < place.first + place.count; ++i) {
        const Ref& ref = refs_[i];
        if (ref.before > at || !may_stand_at(ref, value, at - ref.before)) continue;
        if (stands_at(ref, value.data() + at - ref.before) && hit(ref.id)) return true;
      }
    }
    return false;
  }

  template <typename Hit>
  bool scan_with(const Pass& pass, std::string_view value, Hit& hit) const {
    if (pass.width == kWide) {
      return pass.byte_each ? scan_with<true, true>(pass, value, hit) : scan_with<false, true>(pass, value, hit);
    }
    return pass.byte_each ? scan_with<true, false>(pass, value, hit) : scan_with<false, false>(pass, value, hit);
  }

  template <bool kByteEach, bool kOfEight, typename Hit>
  bool scan_with(const Pass& pass, std::string_view value, Hit& hit) const {
    constexpr std::size_t kWidth = kOfEight ? kWide : 4;
    const auto found = [&](std::size_t at, std::uint32_t gram) {
      return (may_have<kByteEach, kOfEight>(pass, gram) & 1) != 0 && verify(pass, value, at, gram, hit);
    };
    const auto gram_at = [&](std::size_t at) {
      return kOfEight ? read_wide(value.data() + at) : read(value.data() + at, pass.mask);
    };
    std::size_t at = 0;
    if (pass.stride == 2) {
      while (at = worth_a_look<kByteEach, kOfEight>(pass, value, at), at + kGroup + kWidth - 2 <= value.size()) {
        for (const std::size_t end = at + kGroup; at < end; at += 2) {
          if (found(at, gram_at(at))) return true;
        }
      }
    }
    for (; at + kWidth <= value.size(); at += pass.stride) {
      if (found(at, gram_at(at))) return true;
    }
    if (pass.width >= 4) return false;
    for (; at + pass.width <= value.size(); ++at) {
      if (found(at, read_end(value.data() + at, pass.width))) return true;
    }
    return false;
  }

  /// Where in `text` the gram (with stride 2: the two) begins that weighs least; its length where all are crowded.
  using Loads = std::unordered_map<std::uint32_t, std::uint32_t>;
  static std::size_t best_gram(std::string_view text, std::uint32_t width, std::uint32_t stride, const Loads& loads);
  static const std::unordered_set<std::uint32_t>& common_grams();
  static bool is_common(const char* at, std::uint32_t width);
  void add_pass(std::uint32_t width, std::uint32_t stride, std::vector<Gram> grams);

  PairScan few_;  // has all literals, or none
  std::vector<Pass> passes_;
  std::vector<Ref> refs_;
  std::string texts_;
  std::size_t count_ = 0;  // of literals
};

}  // namespace sprx
