#include "tests/compiler/format_support.h"

#include <algorithm>

#include "compiler/format.h"
#include "grammar/parse.h"

namespace sprx::testing {
namespace {

/// Literals, in which `#` begins no comment: `(begin, end)`, in order.
std::vector<std::pair<std::uint32_t, std::uint32_t>> literals(const SyntaxTree& tree) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> all;
  for (const Node& node : tree.nodes) {
    if (node.kind == NodeKind::string || node.kind == NodeKind::regex) all.emplace_back(node.begin, node.end);
  }
  // A string in a string lies within the outer one, which comes first.
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a.first != b.first ? a.first < b.first : a.second > b.second; });
  return all;
}

/// Blanks at a line's end, outside literals.
bool has_loose_blanks(std::string_view text, const SyntaxTree& tree) {
  const auto skipped = literals(tree);
  const auto inside = [&](std::size_t at) {
    return std::any_of(skipped.begin(), skipped.end(),
                       [at](const auto& literal) { return literal.first <= at && at < literal.second; });
  };
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    const bool loose = at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t' || text[at - 1] == '\r');
    if (loose && !inside(at - 1)) return true;
  }
  return false;
}

std::vector<std::string> comments_of(std::string_view text, const SyntaxTree& tree) {
  const auto skipped = literals(tree);
  std::vector<std::string> out;
  auto next = skipped.begin();
  for (std::size_t at = 0; at < text.size(); ++at) {
    while (next != skipped.end() && next->second <= at) ++next;
    if (next != skipped.end() && next->first <= at) {
      at = next->second - 1;
    } else if (text[at] == '#') {
      std::size_t end = std::min(text.find('\n', at), text.size());
      const std::size_t stop = end;
      while (std::string_view(" \t\r").find(text[end - 1]) != std::string_view::npos) --end;
      out.emplace_back(text.substr(at, end - at));
      at = stop;
    }
  }
  return out;
}

}  // namespace

std::vector<std::string> comments_of(std::string_view text) { return comments_of(text, parse(FileId{0}, text).tree); }

std::string broken_layout(std::string_view text, std::string* formatted) {
  formatted->clear();
  const ParseResult before = parse(FileId{0}, text);
  if (!before.errors.empty()) return {};
  *formatted = format(before.tree, text);
  const ParseResult after = parse(FileId{0}, *formatted);
  if (!after.errors.empty()) return "it does not parse: " + after.errors.front().message;
  if (!same_meaning(before.tree, text, after.tree, *formatted)) return "it is another program";
  if (comments_of(text, before.tree) != comments_of(*formatted, after.tree)) return "its comments differ";
  if (has_loose_blanks(*formatted, after.tree)) return "it has blanks at a line's end";
  if (!formatted->empty() && (formatted->back() != '\n' || formatted->front() == '\n')) return "its ends are ragged";
  const std::string again = format(after.tree, *formatted);
  if (again != *formatted) return "formatted again it is\n" + again;
  return {};
}

}  // namespace sprx::testing
