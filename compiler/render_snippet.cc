#include "compiler/render_snippet.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "compiler/render.h"
#include "compiler/table/utf8.h"

namespace sprx {
namespace {

/// Spans over several lines drawn in the margin; further ones are shown at their first line only.
constexpr std::size_t kMaxMargins = 4;
/// Of a longer line only this much around the marks is looked at.
constexpr std::size_t kBytesBefore = 400;
constexpr std::size_t kBytesAfter = 1200;
constexpr std::size_t kElision = 3;  // "..."
constexpr std::string_view kBom = "\xEF\xBB\xBF";

/// One row of output, column by column. A character of two columns is followed by an empty cell.
class Row {
 public:
  void put(std::size_t column, std::string_view text, Style style) {
    for (std::size_t at = 0; at < text.size();) {
      const Shown shown = shown_character(text, at, false);
      set(column, shown.text, style);
      for (std::size_t i = 1; i < shown.columns; ++i) set(column + i, "", style);
      column += shown.columns;
      at += shown.bytes;
    }
  }
  void fill(std::size_t begin, std::size_t end, char c, Style style) {
    for (std::size_t i = begin; i < end; ++i) set(i, std::string(1, c), style);
  }
  [[nodiscard]] bool blank(std::size_t column) const { return column >= cells_.size() || cells_[column].text == " "; }
  [[nodiscard]] std::string text(bool color) const {
    std::size_t end = cells_.size();
    while (end > 0 && cells_[end - 1].text == " ") --end;
    std::string out;
    for (std::size_t i = 0; i < end;) {
      std::string run;
      const Style style = cells_[i].style;
      for (; i < end && cells_[i].style == style; ++i) run += cells_[i].text;
      out += paint(run, style, color);
    }
    return out;
  }

 private:
  struct Cell {
    std::string text = " ";
    Style style = Style::plain;
  };
  void set(std::size_t column, std::string text, Style style) {
    if (column >= cells_.size()) cells_.resize(column + 1);
    cells_[column] = {std::move(text), style};
  }
  std::vector<Cell> cells_;
};

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Shown shown = shown_character(text, at, false);
    columns += shown.columns;
    at += shown.bytes;
  }
  return columns;
}

/// A mark with its lines worked out.
struct Placed {
  const Mark* mark = nullptr;
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  int margin = -1;  ///< column of the margin, -1: within one line
};

/// What is drawn under one line for one mark.
struct Piece {
  std::size_t begin = 0;  ///< columns of the shown line
  std::size_t end = 0;
  Style style = Style::secondary;
  bool primary = false;
  std::string text;
  int margin = -1;       ///< joins the mark to the margin
  bool hanging = false;  ///< its text stands below
};

/// A source line as it is shown: characters with their bytes and columns.
class LineView {
 public:
  LineView(const SourceFile& file, std::uint32_t number, std::size_t least, bool ascii) {
    text_ = file.line(number);
    const std::size_t start = number <= file.line_starts.size() ? file.line_starts[number - 1] : file.text.size();
    std::size_t at = number == 1 && text_.starts_with(kBom) ? kBom.size() : 0;
    std::size_t end = text_.size();
    if (text_.size() > kBytesBefore + kBytesAfter) {
      at = std::max(at, least > start + kBytesBefore ? least - start - kBytesBefore : 0);
      while (at < end && (static_cast<unsigned char>(text_[at]) & 0xC0U) == 0x80) ++at;
      end = std::min(end, at + kBytesBefore + kBytesAfter);
      cut_before_ = at > 0;
      cut_after_ = end < text_.size();
    }
    for (std::size_t column = 0; at < end;) {
      Shown shown = shown_character(text_, at, ascii);
      places_.push_back({start + at, column});
      column += shown.columns;
      at += shown.bytes;
      shown_.push_back(std::move(shown));
      columns_ = column;
    }
    end_ = start + at;
  }

  /// The column of the character that byte `offset` of the file is in.
  [[nodiscard]] std::size_t column(std::size_t offset) const {
    if (offset >= end_) return columns_;
    const auto after = std::upper_bound(places_.begin(), places_.end(), offset,
                                        [](std::size_t value, const auto& place) { return value < place.first; });
    return after == places_.begin() ? 0 : (after - 1)->second;
  }
  /// The first column past the character that ends before byte `offset`.
  [[nodiscard]] std::size_t end_column(std::size_t offset) const {
    const auto at = std::lower_bound(places_.begin(), places_.end(), offset,
                                     [](const auto& place, std::size_t value) { return place.first < value; });
    return at == places_.end() ? columns_ : at->second;
  }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] std::size_t first_visible() const {
    const std::size_t blank = text_.find_first_not_of(" \t");
    return blank == std::string_view::npos ? text_.size() : blank;
  }

  /// Chooses the columns that are shown so that [begin, end) is among them.
  void window(std::size_t begin, std::size_t end, std::size_t room) {
    if (columns_ <= room && !cut_before_ && !cut_after_) return;
    const std::size_t inner = room - 2 * kElision;
    end = std::min(end, begin + inner);
    from_ = end > inner ? std::min(begin > kElision ? begin - kElision : 0, end - inner + kElision) : 0;
    before_ = cut_before_ || from_ > 0;
    to_ = std::min(columns_, from_ + inner + (before_ ? 0 : kElision));
    after_ = cut_after_ || to_ < columns_;
  }
  [[nodiscard]] bool shows(std::size_t column) const { return column >= from_ && column <= std::min(to_, columns_); }
  /// Where a column of the line is shown.
  [[nodiscard]] std::size_t shown_column(std::size_t column) const {
    column = std::clamp(column, from_, std::max(from_, std::min(to_, columns_)));
    return column - from_ + (before_ ? kElision : 0);
  }
  void draw(Row& row, std::size_t at) const {
    if (before_) row.put(at, "...", Style::plain);
    for (std::size_t i = 0; i < shown_.size(); ++i) {
      const std::size_t column = places_[i].second;
      if (column >= from_ && column + shown_[i].columns <= to_)
        row.put(at + shown_column(column), shown_[i].text, Style::plain);
    }
    if (after_) row.put(at + shown_column(to_), "...", Style::plain);
  }

 private:
  std::string_view text_;
  std::vector<std::pair<std::size_t, std::size_t>> places_;  ///< byte of the file, column
  std::vector<Shown> shown_;
  std::size_t columns_ = 0;
  std::size_t end_ = 0;
  std::size_t from_ = 0;
  std::size_t to_ = static_cast<std::size_t>(-1);
  bool cut_before_ = false;
  bool cut_after_ = false;
  bool before_ = false;
  bool after_ = false;
};

class Snippet {
 public:
  Snippet(const SourceFile& file, const std::vector<Mark>& marks, const SnippetOptions& options)
      : file_(file), options_(options) {
    for (const Mark& mark : marks) placed_.push_back(place(mark));
    assign_margins();
  }
  std::string render();
  [[nodiscard]] std::uint32_t last() const {
    std::uint32_t most = 1;
    for (const Placed& p : placed_) most = std::max(most, p.last);
    return most;
  }

 private:
  [[nodiscard]] Placed place(const Mark& mark) const;
  void assign_margins();
  [[nodiscard]] std::set<std::uint32_t> lines() const;
  void focus_on(std::vector<Piece>& found, LineView& view) const;
  void line(std::uint32_t number);
  std::vector<Piece> pieces(std::uint32_t number, LineView& view) const;
  void choose_hanging(std::vector<Piece>& pieces) const;
  void marks_row(const std::vector<Piece>& pieces);
  void hanging_rows(std::vector<Piece> pieces);
  void bars(Row& row) const;
  void emit(const Row& row, std::string_view gutter);
  [[nodiscard]] std::size_t indent() const { return margins_ == 0 ? 0 : margins_ + 1; }
  [[nodiscard]] std::size_t room() const {
    const std::size_t used = options_.gutter + 3 + indent();
    return std::max<std::size_t>(options_.width > used ? options_.width - used : 0, 24);
  }

  const SourceFile& file_;
  SnippetOptions options_;
  std::vector<Placed> placed_;
  std::size_t margins_ = 0;
  std::vector<const Placed*> active_;  ///< whose bar runs through the margin now
  std::string out_;
};

Placed Snippet::place(const Mark& mark) const {
  const auto size = static_cast<std::uint32_t>(file_.text.size());
  const std::uint32_t begin = std::min(mark.span.begin, size);
  const std::uint32_t end = std::min(std::max(mark.span.end, begin), size);
  const auto line_of = [this](std::uint32_t offset) {
    const auto after = std::upper_bound(file_.line_starts.begin(), file_.line_starts.end(), offset);
    return std::max<std::uint32_t>(static_cast<std::uint32_t>(after - file_.line_starts.begin()), 1);
  };
  return {&mark, line_of(begin), line_of(end > begin ? end - 1 : begin), -1};
}

void Snippet::assign_margins() {
  std::vector<Placed*> several;
  for (Placed& p : placed_) {
    if (p.last > p.first) several.push_back(&p);
  }
  std::stable_sort(several.begin(), several.end(), [](const Placed* a, const Placed* b) {
    return a->first != b->first ? a->first < b->first : a->last > b->last;
  });
  for (Placed* p : several) {
    if (margins_ < kMaxMargins) {
      p->margin = static_cast<int>(margins_++);
    } else {
      p->last = p->first;
    }
  }
}

std::set<std::uint32_t> Snippet::lines() const {
  std::set<std::uint32_t> shown;
  for (const Placed& p : placed_) {
    shown.insert(p.first);
    shown.insert(p.last);
  }
  return shown;
}

void Snippet::bars(Row& row) const {
  for (const Placed* p : active_) {
    row.put(static_cast<std::size_t>(p->margin), "|", p->mark->primary ? options_.primary : Style::secondary);
  }
}

void Snippet::emit(const Row& row, std::string_view gutter) {
  const std::string text = row.text(options_.color);
  const std::string head = gutter == "..." ? std::string(gutter) : fmt::format("{:>{}} |", gutter, options_.gutter);
  out_ += paint(head, Style::gutter, options_.color);
  if (!text.empty()) out_ += std::string(gutter == "..." ? options_.gutter : 1, ' ') + text;
  out_ += '\n';
}

std::vector<Piece> Snippet::pieces(std::uint32_t number, LineView& view) const {
  std::vector<Piece> out;
  for (const Placed& p : placed_) {
    const Span& span = p.mark->span;
    const bool starts = p.first == number;
    const bool ends = p.last == number;
    if (!starts && !ends) continue;
    Piece piece;
    piece.primary = p.mark->primary;
    piece.style = piece.primary ? options_.primary : Style::secondary;
    piece.margin = p.margin;
    if (p.margin < 0) {
      piece.begin = view.column(span.begin);
      piece.end = std::max(span.end > span.begin ? view.end_column(span.end) : 0, piece.begin + 1);
      piece.text = p.mark->text;
    } else if (starts) {
      piece.begin = view.column(span.begin);
      piece.end = piece.begin + 1;
    } else {
      piece.end = std::max<std::size_t>(view.end_column(span.end), 1);
      piece.begin = piece.end - 1;
      piece.text = p.mark->text;
    }
    piece.text = printable(piece.text, options_.ascii);
    out.push_back(std::move(piece));
  }
  std::stable_sort(out.begin(), out.end(), [](const Piece& a, const Piece& b) { return a.begin < b.begin; });
  return out;
}

/// Only the text of the last mark can stand beside it; the others stand below, as does one that does not fit.
void Snippet::choose_hanging(std::vector<Piece>& pieces) const {
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    Piece& piece = pieces[i];
    if (piece.text.empty()) continue;
    bool beside = piece.end + 1 + columns_of(piece.text) <= room();
    for (std::size_t j = 0; j < pieces.size(); ++j) {
      if (j == i) continue;
      const bool right = pieces[j].begin > piece.begin || pieces[j].end > piece.end;
      if (right || (j > i && !pieces[j].text.empty())) beside = false;
    }
    piece.hanging = !beside;
  }
}

void Snippet::marks_row(const std::vector<Piece>& pieces) {
  Row row;
  bars(row);
  for (const bool primary : {false, true}) {
    for (const Piece& piece : pieces) {
      if (piece.primary != primary) continue;
      row.fill(indent() + piece.begin, indent() + piece.end, primary ? '^' : '-', piece.style);
      if (!piece.hanging && !piece.text.empty()) row.put(indent() + piece.end + 1, piece.text, piece.style);
    }
  }
  for (const Piece& piece : pieces) {
    if (piece.margin < 0) continue;
    for (std::size_t column = static_cast<std::size_t>(piece.margin) + 1; column < indent() + piece.begin; ++column) {
      if (row.blank(column)) row.fill(column, column + 1, '_', piece.style);
    }
  }
  emit(row, "");
}

void Snippet::hanging_rows(std::vector<Piece> pieces) {
  std::erase_if(pieces, [](const Piece& piece) { return !piece.hanging; });
  const auto connect = [&](Row& row, std::size_t count) {
    bars(row);
    for (std::size_t i = 0; i < count; ++i) row.put(indent() + pieces[i].begin, "|", pieces[i].style);
  };
  if (pieces.empty()) return;
  Row connectors;
  connect(connectors, pieces.size());
  emit(connectors, "");
  for (std::size_t i = pieces.size(); i-- > 0;) {
    const std::size_t needed = columns_of(pieces[i].text);
    std::size_t column = pieces[i].begin;
    if (column + needed > room()) column = std::min(column, needed <= room() / 2 ? room() - needed : room() / 2);
    for (const std::string& text : wrap(pieces[i].text, room() - column)) {
      Row row;
      connect(row, i);
      row.put(indent() + column, text, pieces[i].style);
      emit(row, "");
    }
  }
}

/// Chooses the part of a long line that is shown: all marks where that is possible, else the primary one alone, whose
/// line it is.
void Snippet::focus_on(std::vector<Piece>& found, LineView& view) const {
  const auto show = [&](bool only_primary) {
    std::size_t begin = view.columns();
    std::size_t end = 0;
    for (const Piece& piece : found) {
      if (only_primary && !piece.primary) continue;
      begin = std::min(begin, piece.begin);
      end = std::max(end, piece.end);
    }
    view.window(std::min(begin, end), end, room());
  };
  const bool primary = std::any_of(found.begin(), found.end(), [](const Piece& piece) { return piece.primary; });
  show(false);
  const auto hidden = [&](const Piece& piece) { return !view.shows(piece.begin); };
  if (!primary || std::none_of(found.begin(), found.end(), hidden)) return;
  show(true);
  std::erase_if(found, [&](const Piece& piece) { return !piece.primary && piece.margin < 0 && hidden(piece); });
}

void Snippet::line(std::uint32_t number) {
  std::size_t least = file_.text.size();
  const bool focus = std::any_of(placed_.begin(), placed_.end(), [number](const Placed& p) {
    return p.mark->primary && (p.first == number || p.last == number);
  });
  for (const Placed& p : placed_) {
    if (focus && !p.mark->primary) continue;
    if (p.first == number) least = std::min<std::size_t>(least, p.mark->span.begin);
    if (p.last == number) least = std::min<std::size_t>(least, p.margin < 0 ? p.mark->span.begin : p.mark->span.end);
  }
  LineView view(file_, number, least, options_.ascii);
  std::vector<Piece> found = pieces(number, view);
  focus_on(found, view);
  for (Piece& piece : found) {
    piece.begin = view.shown_column(piece.begin);
    piece.end = std::max(view.shown_column(piece.end), piece.begin + 1);
  }
  choose_hanging(found);

  Row source;
  bars(source);
  std::vector<const Placed*> opening;
  for (const Placed& p : placed_) {
    if (p.margin < 0 || p.first != number) continue;
    opening.push_back(&p);
    const std::size_t start = file_.line_starts[number - 1];
    if (p.mark->span.begin > start + view.first_visible()) continue;
    // Nothing but blanks before it: the margin's bar begins on the line itself and no row is needed below.
    source.put(static_cast<std::size_t>(p.margin), "/", p.mark->primary ? options_.primary : Style::secondary);
    std::erase_if(found, [&](const Piece& piece) { return piece.margin == p.margin; });
    active_.push_back(&p);
    opening.pop_back();
  }
  view.draw(source, indent());
  emit(source, fmt::format("{}", number));
  if (!found.empty()) marks_row(found);
  active_.insert(active_.end(), opening.begin(), opening.end());
  std::erase_if(active_, [number](const Placed* p) { return p->last == number; });
  hanging_rows(std::move(found));
}

std::string Snippet::render() {
  emit(Row(), "");
  std::uint32_t before = 0;
  for (const std::uint32_t number : lines()) {
    if (before != 0 && number == before + 2) line(before + 1);
    if (before != 0 && number > before + 2) {
      Row row;
      bars(row);
      emit(row, "...");
    }
    line(number);
    before = number;
  }
  return std::move(out_);
}

std::string shortened(std::string_view word, std::size_t width) {
  if (columns_of(word) <= width) return std::string(word);
  const std::size_t keep = (width - kElision) / 2;
  const auto start_of_character = [&](std::size_t at) {
    while (at < word.size() && (static_cast<unsigned char>(word[at]) & 0xC0U) == 0x80) ++at;
    return at;
  };
  return std::string(word.substr(0, start_of_character(keep))) + "..." +
         std::string(word.substr(start_of_character(word.size() - keep)));
}

}  // namespace

std::string paint(std::string_view text, Style style, bool color) {
  if (!color || style == Style::plain || text.empty()) return std::string(text);
  constexpr std::string_view kCodes[] = {"0", "1;34", "1;31", "1;33", "1;34", "1"};
  return fmt::format("\x1b[{}m{}\x1b[0m", kCodes[static_cast<std::size_t>(style)], text);
}

namespace {

/// Where what begins at `at` ends: a word, or all of a command, which is there to be copied.
std::size_t end_of_word(std::string_view text, std::size_t at) {
  constexpr std::string_view kCommand = "`sprx ";
  const bool command = text.substr(at, kCommand.size()) == kCommand;
  const std::size_t tick = command ? text.find('`', at + 1) : std::string_view::npos;
  return std::min(text.find(' ', tick != std::string_view::npos ? tick : at), text.size());
}

}  // namespace

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  width = std::max<std::size_t>(width, 16);
  std::vector<std::string> lines(1);
  std::size_t used = 0;
  bool fresh = true;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = end_of_word(text, at);
    const std::string_view word = text.substr(at, end - at);
    const std::string next = word.find(' ') == std::string_view::npos ? shortened(word, width) : std::string(word);
    const std::size_t columns = columns_of(next);
    if (!fresh && used + 1 + columns > width) {
      lines.emplace_back();
      used = 0;
      fresh = true;
    }
    if (!fresh) {
      lines.back() += ' ';
      ++used;
    }
    lines.back() += next;
    used += columns;
    fresh = false;
    at = end + 1;
  }
  return lines;
}

std::string render_snippet(const SourceFile& file, const std::vector<Mark>& marks, const SnippetOptions& options) {
  return Snippet(file, marks, options).render();
}

std::uint32_t last_line(const SourceFile& file, const std::vector<Mark>& marks) {
  return Snippet(file, marks, {}).last();
}

}  // namespace sprx
