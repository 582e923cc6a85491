#include <algorithm>

#include "compiler/diagnostics.h"
#include "compiler/explain_pages.h"

namespace sprx {
namespace {

constexpr std::string_view kFence = "```";

/// The next line of `text` without its end; `text` loses it.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// The next word of `text` up to a blank; `text` loses both.
std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

}  // namespace

std::string explain_page(std::string_view code) {
  for (const ExplainPage& page : explain_pages()) {
    if (page.code == code) return std::string(page.text);
  }
  return {};
}

std::vector<ExplainExample> explain_examples(std::string_view page) {
  std::vector<ExplainExample> out;
  bool inside = false;   // in a block
  bool example = false;  // that is an example
  while (!page.empty()) {
    const std::string_view line = take_line(page);
    if (!line.starts_with(kFence)) {
      if (example) out.back().text.append(line).append("\n");
      continue;
    }
    inside = !inside;
    example = false;
    if (!inside) continue;
    std::string_view marks = line.substr(kFence.size());
    take_word(marks);  // the language, for those who colour it
    const std::string_view kind = take_word(marks);
    if (kind != "wrong" && kind != "right") continue;
    const std::string_view file = take_word(marks);
    out.push_back({std::string(file.empty() ? "main.sprx" : file), kind == "wrong", {}});
    example = true;
  }
  return out;
}

}  // namespace sprx
