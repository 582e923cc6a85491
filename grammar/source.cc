#include "grammar/source.h"

#include <algorithm>
#include <utility>

namespace sprx {

std::uint32_t SourceFile::line_of(std::uint32_t offset) const {
  offset = std::min(offset, static_cast<std::uint32_t>(text.size()));
  const auto after = std::upper_bound(line_starts.begin(), line_starts.end(), offset);
  return std::max<std::uint32_t>(static_cast<std::uint32_t>(after - line_starts.begin()), 1);
}

LineColumn SourceFile::locate(std::uint32_t offset) const {
  const auto size = static_cast<std::uint32_t>(text.size());
  offset = std::min(offset, size);
  LineColumn place{line_of(offset), 1};
  std::uint32_t at = line_starts.empty() ? 0 : line_starts[place.line - 1];
  // A byte order mark takes no column of its own.
  if (at == 0 && text.starts_with("\xEF\xBB\xBF") && offset >= 3) {
    at = 3;
  }
  while (at < offset) {
    const auto byte = static_cast<unsigned char>(text[at]);
    const std::uint32_t length = byte < 0xC2 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : byte < 0xF5 ? 4 : 1;
    std::uint32_t taken = 1;
    while (taken < length && at + taken < size && (static_cast<unsigned char>(text[at + taken]) & 0xC0) == 0x80) {
      ++taken;
    }
    at += taken == length ? length : 1;  // a broken sequence: each stray byte is a column
    if (at > offset) {
      break;  // an offset inside a character is that character's column
    }
    ++place.column;
  }
  return place;
}

std::string_view SourceFile::line(std::uint32_t line) const {
  if (line == 0 || line > line_starts.size()) {
    return {};
  }
  const std::size_t begin = line_starts[line - 1];
  std::size_t end = line < line_starts.size() ? line_starts[line] : text.size();
  std::string_view found = std::string_view(text).substr(begin, end - begin);
  if (found.ends_with('\n')) {
    found.remove_suffix(1);
  }
  if (found.ends_with('\r')) {
    found.remove_suffix(1);
  }
  return found;
}

FileId SourceSet::add(std::string name, std::string text) {
  SourceFile file{std::move(name), std::move(text), {0}};
  for (std::size_t at = file.text.find('\n'); at != std::string::npos; at = file.text.find('\n', at + 1)) {
    file.line_starts.push_back(static_cast<std::uint32_t>(at + 1));
  }
  files_.push_back(std::move(file));
  return static_cast<FileId>(files_.size() - 1);
}

std::string_view SourceSet::text(Span span) const {
  if (!span.known() || static_cast<std::size_t>(span.file) >= files_.size()) {
    return {};
  }
  const std::string_view all = files_[static_cast<std::size_t>(span.file)].text;
  if (span.begin >= all.size() || span.begin >= span.end) {
    return {};
  }
  return all.substr(span.begin, span.end - span.begin);
}

}  // namespace sprx
