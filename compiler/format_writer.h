// FormatWriter: the lines that the formatter writes. It knows columns and line ends, and lines up the comments that
// stand at the ends of neighbouring lines.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sprx {

class FormatWriter {
 public:
  /// Goes on at a new line, `indent` columns in; with `blank` behind an empty one, unless that would be the first of
  /// the file or of what `{`, `[` or `(` opened.
  void fresh(std::uint32_t indent, bool blank);
  void text(std::string_view text);
  void spaces(std::uint32_t count) { pending_spaces_ += count; }
  /// A comment at the end of the line. Nothing but `fresh` may follow.
  void trailing(std::string_view comment);
  /// A comment on the line that `fresh` began.
  void own_line(std::string_view comment);

  /// Where the next text goes, in columns from 0.
  [[nodiscard]] std::uint32_t column() const { return column_ + pending_spaces_; }
  [[nodiscard]] bool empty() const { return out_.empty(); }
  /// The whole, ending with one line end unless it is empty.
  [[nodiscard]] std::string take();

 private:
  /// A comment at the end of a line: where its gap begins in `out_`, and the columns before it.
  struct Trailing {
    std::size_t at = 0;
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    bool apart = false;  ///< the line ends with an opening bracket or begins with a closing one: not lined up
  };

  [[nodiscard]] std::vector<std::uint32_t> gaps() const;

  std::string out_;
  std::vector<Trailing> trailing_;
  std::uint32_t line_ = 0;
  std::uint32_t column_ = 0;
  std::uint32_t pending_spaces_ = 0;
  bool opened_ = false;       ///< the last text was an opening bracket
  bool line_closes_ = false;  ///< this line begins with a closing bracket
  bool at_start_ = true;      ///< nothing on this line yet
};

}  // namespace sprx
