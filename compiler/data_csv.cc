// CSV as RFC 4180 has it: no header, no comments; a quoted field may hold commas, line ends and doubled quotes. Unlike
// there, blanks round a field are no part of it, unless they stand within its quotes.
#include <deque>

#include "compiler/data_rows.h"

namespace sprx {
namespace {

class CsvReader {
 public:
  explicit CsvReader(RowSink& sink) : sink_(sink), text_(sink.text()), at_(after_bom(text_)) {}

  void read() {
    while (at_ < text_.size()) {
      skip_blanks();
      if (at_ >= text_.size() || end_of_line()) continue;
      record();
    }
  }

 private:
  /// Takes a line end; false if none is here.
  bool end_of_line() {
    const std::size_t size = text_.substr(at_, 2) == "\r\n" ? 2 : text_.substr(at_, 1) == "\n" ? 1 : 0;
    at_ += size;
    line_ += size > 0 ? 1 : 0;
    return size > 0;
  }
  [[nodiscard]] bool at_line_end() const {
    return at_ >= text_.size() || text_[at_] == '\n' || text_.substr(at_, 2) == "\r\n";
  }
  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  void skip_line() {
    at_ = std::min(text_.find('\n', at_), text_.size());
    end_of_line();
  }

  void record() {
    const std::size_t begin = at_;
    row_.cells.clear();
    unquoted_.clear();
    row_.line = line_;
    for (;;) {
      if (!field()) return skip_line();
      if (at_ >= text_.size() || text_[at_] != ',') break;
      ++at_;
    }
    row_.span = sink_.span(begin, at_);
    if (at_ - begin > kMaxDataRowBytes) {
      sink_.error(sink_.span(begin, begin + 1), fmt::format("a row longer than {} bytes", kMaxDataRowBytes));
    } else {
      sink_.give(row_);
    }
    end_of_line();
  }

  bool field() {
    skip_blanks();
    if (at_ < text_.size() && text_[at_] == '"') return quoted();
    const std::size_t begin = at_;
    while (!at_line_end() && text_[at_] != ',') {
      if (text_[at_] == '"') {
        sink_.error(sink_.span(at_, at_ + 1), "`\"` in a field that does not begin with one",
                    "quote the whole field and double the quotes in it");
        return false;
      }
      ++at_;
    }
    std::size_t first = begin;
    std::size_t end = at_;
    trim_blanks(text_, &first, &end);
    row_.cells.push_back({text_.substr(first, end - first), sink_.span(first, end)});
    return true;
  }

  bool quoted() {
    const std::size_t begin = at_++;
    const std::uint32_t first_line = line_;
    bool doubled = false;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] != '"') continue;
      if (text_.substr(at_ + 1, 1) != "\"") break;
      doubled = true;
      ++at_;
    }
    if (at_ >= text_.size()) {
      // What follows was swallowed: reading goes on after the line of the quote, or every row after it would be lost.
      at_ = begin + 1;
      line_ = first_line;
      sink_.error(sink_.span(begin, begin + 1), "unterminated `\"`", "a quote in a quoted field is doubled");
      return false;
    }
    const std::string_view inside = text_.substr(begin + 1, at_ - begin - 1);
    ++at_;
    row_.cells.push_back({doubled ? without_doubling(inside) : inside, sink_.span(begin, at_)});
    skip_blanks();
    if (at_line_end() || text_[at_] == ',') return true;
    sink_.error(sink_.span(at_, at_ + 1), "text after a quoted field", "a quote in a quoted field is doubled");
    return false;
  }

  std::string_view without_doubling(std::string_view inside) {
    std::string& out = unquoted_.emplace_back();
    for (std::size_t i = 0; i < inside.size(); ++i) {
      out += inside[i];
      if (inside[i] == '"') ++i;
    }
    return out;
  }

  RowSink& sink_;
  std::string_view text_;
  std::size_t at_;
  std::uint32_t line_ = 1;
  DataRow row_;
  std::deque<std::string> unquoted_;  ///< of this row; a deque, because views into it are kept
};

}  // namespace

void read_csv(RowSink& sink) { CsvReader(sink).read(); }

}  // namespace sprx
