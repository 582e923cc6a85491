// Datum: what an expression comes to while a message is decided. Small, trivially copied; text and lists are views.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "compiler/table/address.h"
#include "compiler/table/pattern.h"

namespace sprx {

class Datum {
 public:
  enum class Kind : std::uint8_t { absent, text, number, boolean, address, list, pattern };

  Datum() = default;
  static Datum text(std::string_view value) { return {Kind::text, value.data(), value.size(), 0}; }
  static Datum number(std::int64_t value) { return {Kind::number, nullptr, 0, value}; }
  static Datum boolean(bool value) { return {Kind::boolean, nullptr, 0, value ? 1 : 0}; }
  /// `value` outlives the message (it is in the facts or the table).
  static Datum address(const IpAddress& value) { return {Kind::address, &value, 0, 0}; }
  /// An argument of a function; the table owns it.
  static Datum pattern(const Pattern& value) { return {Kind::pattern, &value, 0, 0}; }
  static Datum list(std::span<const std::string_view> value) { return {Kind::list, value.data(), value.size(), 0}; }

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] bool present() const { return kind_ != Kind::absent; }
  [[nodiscard]] std::string_view as_text() const { return {static_cast<const char*>(data_), size_}; }
  [[nodiscard]] std::int64_t as_number() const { return number_; }
  [[nodiscard]] const IpAddress& as_address() const { return *static_cast<const IpAddress*>(data_); }
  [[nodiscard]] const Pattern& as_pattern() const { return *static_cast<const Pattern*>(data_); }
  [[nodiscard]] std::span<const std::string_view> as_list() const {
    return {static_cast<const std::string_view*>(data_), size_};
  }

 private:
  Datum(Kind kind, const void* data, std::size_t size, std::int64_t number)
      : kind_(kind), data_(data), size_(size), number_(number) {}
  Kind kind_ = Kind::absent;
  const void* data_ = nullptr;
  std::size_t size_ = 0;
  std::int64_t number_ = 0;
};

}  // namespace sprx
