// RFC 3339 times of `--at`.
#include <charconv>
#include <chrono>

#include "tools/trace.h"

namespace sprx {
namespace {

/// Reads fixed-width digits and expected characters one after the other.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : text_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i, ++at_) {
      if (at_ >= text_.size() || text_[at_] < '0' || text_[at_] > '9') {
        good_ = false;
        return 0;
      }
      value = value * 10 + (text_[at_] - '0');
    }
    return value;
  }
  bool accept(std::string_view any_of) {
    if (at_ >= text_.size() || any_of.find(text_[at_]) == std::string_view::npos) return false;
    ++at_;
    return true;
  }
  void expect(std::string_view any_of) { good_ = accept(any_of) && good_; }
  /// Digits after a decimal point as microseconds; further ones are dropped.
  std::int64_t fraction() {
    std::int64_t value = 0;
    std::int64_t unit = 100'000;
    const std::size_t begin = at_;
    for (; at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_, unit /= 10)
      value += unit * (text_[at_] - '0');
    good_ = good_ && at_ > begin;
    return value;
  }
  [[nodiscard]] bool good_at_end() const { return good_ && at_ == text_.size(); }
  [[nodiscard]] char last() const { return text_[at_ - 1]; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  bool good_ = true;
};

}  // namespace

std::optional<std::int64_t> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;  // NOLINT: calendar types
  TimeReader in(text);
  const year y{in.digits(4)};
  in.expect("-");
  const month m{static_cast<unsigned>(in.digits(2))};
  in.expect("-");
  const day d{static_cast<unsigned>(in.digits(2))};
  in.expect("Tt");
  const int hour = in.digits(2);
  in.expect(":");
  const int minute = in.digits(2);
  in.expect(":");
  const int second = in.digits(2);
  const std::int64_t micros = in.accept(".") ? in.fraction() : 0;
  std::int64_t offset_minutes = 0;
  if (in.accept("+-")) {
    const int sign = in.last() == '-' ? -1 : 1;
    const int hours = in.digits(2);
    in.expect(":");
    const int minutes = in.digits(2);
    if (hours > 23 || minutes > 59) return std::nullopt;
    offset_minutes = sign * (hours * 60 + minutes);
  } else {
    in.expect("Zz");
  }
  const year_month_day date(y, m, d);
  if (!in.good_at_end() || !date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const std::int64_t days = sys_days(date).time_since_epoch().count();
  const std::int64_t seconds = days * 86'400 + hour * 3'600 + (minute - offset_minutes) * 60 + second;
  return seconds * 1'000'000 + micros;
}

}  // namespace sprx
