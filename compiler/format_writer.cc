#include "compiler/format_writer.h"

#include <algorithm>
#include <utility>

#include "compiler/table/utf8.h"

namespace sprx {
namespace {

/// Blanks before a comment at the end of a line, at least.
constexpr std::uint32_t kCommentGap = 2;
/// Neighbouring comments are lined up where the code before them differs by no more columns than this.
constexpr std::uint32_t kCommentSpread = 40;

bool is_one_of(std::string_view text, std::string_view characters) {
  return text.size() == 1 && characters.find(text.front()) != std::string_view::npos;
}

}  // namespace

void FormatWriter::fresh(std::uint32_t indent, bool blank) {
  if (!out_.empty()) {
    out_ += '\n';
    ++line_;
    if (blank && !opened_) {
      out_ += '\n';
      ++line_;
    }
  }
  column_ = 0;
  pending_spaces_ = indent;
  line_closes_ = false;
  at_start_ = true;
}

void FormatWriter::text(std::string_view text) {
  out_.append(pending_spaces_, ' ');
  column_ += std::exchange(pending_spaces_, 0);
  out_ += text;
  const std::size_t end = text.rfind('\n');
  if (end == std::string_view::npos) {
    column_ += utf8_count(text);
  } else {
    column_ = utf8_count(text.substr(end + 1));
    line_ += static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
  }
  opened_ = is_one_of(text, "([{");
  if (at_start_) line_closes_ = is_one_of(text, ")]}");
  at_start_ = false;
}

void FormatWriter::trailing(std::string_view comment) {
  pending_spaces_ = 0;
  trailing_.push_back({out_.size(), line_, column_, opened_ || line_closes_});
  out_ += comment;
}

void FormatWriter::own_line(std::string_view comment) {
  out_.append(std::exchange(pending_spaces_, 0), ' ');
  out_ += comment;
  opened_ = false;
}

/// The blanks before each comment at the end of a line.
std::vector<std::uint32_t> FormatWriter::gaps() const {
  std::vector<std::uint32_t> gaps(trailing_.size(), kCommentGap);
  for (std::size_t begin = 0, end = 0; begin < trailing_.size(); begin = end) {
    std::uint32_t least = trailing_[begin].column;
    std::uint32_t most = least;
    for (end = begin + 1; end < trailing_.size(); ++end) {
      const Trailing& before = trailing_[end - 1];
      const Trailing& now = trailing_[end];
      if (now.line != before.line + 1 || before.apart || now.apart) break;
      least = std::min(least, now.column);
      most = std::max(most, now.column);
    }
    if (most - least > kCommentSpread) continue;
    for (std::size_t at = begin; at < end; ++at) gaps[at] += most - trailing_[at].column;
  }
  return gaps;
}

std::string FormatWriter::take() {
  const std::vector<std::uint32_t> wanted = gaps();
  std::string out;
  out.reserve(out_.size() + wanted.size() * kCommentSpread / 4 + 1);
  std::size_t from = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    out.append(out_, from, trailing_[i].at - from);
    out.append(wanted[i], ' ');
    from = trailing_[i].at;
  }
  out.append(out_, from);
  if (!out.empty()) out += '\n';
  return out;
}

}  // namespace sprx
