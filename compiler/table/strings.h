// A pool of strings named by small ids: the text of a program and of its table, in one block of memory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sprx {

enum class StrId : std::uint32_t {};
inline constexpr StrId kNoStr{0xFFFFFFFF};
/// The empty string is always id 0.
inline constexpr StrId kEmptyStr{0};

/// Owns bytes; `view` is valid until the next add (while building) or for the pool's life (once it is const).
/// At most 4 GiB of text and 2^32-2 strings, or what `set_limit` says: what does not fit is not taken and named by the
/// empty string, and the pool says that it is full, which is a compile error.
class StringPool {
 public:
  static constexpr std::size_t kMostBytes = 0xFFFFFFFF;  // ends of texts have 32 bits

  StringPool() { add({}); }
  void set_limit(std::size_t bytes) { limit_ = bytes < kMostBytes ? bytes : kMostBytes; }
  /// A text was not taken.
  [[nodiscard]] bool full() const { return full_; }

  /// Always a new id: for data rows that are known to be distinct.
  StrId add(std::string_view text) {
    if (bytes_.size() > limit_ || text.size() > limit_ - bytes_.size() ||
        ends_.size() == static_cast<std::size_t>(kNoStr)) {
      full_ = true;
      return kEmptyStr;
    }
    bytes_.append(text);
    ends_.push_back(static_cast<std::uint32_t>(bytes_.size()));
    return StrId{static_cast<std::uint32_t>(ends_.size() - 1)};
  }
  /// The id of an equal string that was interned before, else a new one.
  StrId intern(std::string_view text) {
    if (text.empty()) return kEmptyStr;
    const auto [place, fresh] = interned_.try_emplace(std::string(text), StrId{});
    if (fresh) place->second = add(text);
    return place->second;
  }
  [[nodiscard]] std::string_view view(StrId id) const {
    const auto i = static_cast<std::size_t>(id);
    if (i >= ends_.size()) return {};
    const std::uint32_t begin = i == 0 ? 0 : ends_[i - 1];
    return std::string_view(bytes_).substr(begin, ends_[i] - begin);
  }
  /// Where the text begins in the pool; with its size that names it as well as its id does.
  [[nodiscard]] std::size_t place_of(StrId id) const {
    return static_cast<std::size_t>(view(id).data() - bytes_.data());
  }
  [[nodiscard]] std::string_view text(std::size_t place, std::size_t size) const {
    return {bytes_.data() + place, size};
  }
  [[nodiscard]] std::size_t size() const { return ends_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_.size(); }
  /// Drops what is only needed while building.
  void seal() {
    interned_ = {};
    bytes_.shrink_to_fit();
    ends_.shrink_to_fit();
  }

 private:
  std::string bytes_;
  std::vector<std::uint32_t> ends_;
  std::size_t limit_ = kMostBytes;
  bool full_ = false;
  std::unordered_map<std::string, StrId> interned_;
};

}  // namespace sprx
