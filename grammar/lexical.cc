#include "grammar/lexical.h"

#include <charconv>
#include <set>
#include <string>

namespace sprx {
namespace {

std::string hex(unsigned char byte) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  return {kDigits[byte >> 4], kDigits[byte & 15]};
}

/// What is wrong with the digits of a number literal.
enum class DigitsProblem : std::uint8_t { none, separators, range };

DigitsProblem digits_problem(std::string_view digits, bool negative) {
  if (digits.ends_with('_') || digits.find("__") != std::string_view::npos) return DigitsProblem::separators;
  std::string plain(negative ? "-" : "");
  for (const char c : digits) {
    if (c != '_') {
      plain += c;
    }
  }
  std::int64_t value = 0;
  const auto [end, problem] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  return problem == std::errc{} ? DigitsProblem::none : DigitsProblem::range;
}

class LiteralCheck {
 public:
  LiteralCheck(ParseState& state, SyntaxTree& tree) : state_(state), tree_(tree) {}

  void run() {
    for (const Node& node : tree_.nodes) {
      if (node.kind == NodeKind::comparison) note_pattern(node);
      if (node.kind == NodeKind::list) note_list(node);
    }
    // Children come before their parents, so one pass carries `incomplete` up.
    for (NodeId id = 0; id < tree_.nodes.size(); ++id) {
      Node& node = tree_.nodes[id];
      check(node);
      for (NodeId child = node.first_child; child != Node::kNone; child = tree_.nodes[child].next_sibling) {
        node.incomplete = node.incomplete || tree_.nodes[child].incomplete;
      }
    }
  }

 private:
  void check(Node& node) {
    switch (node.kind) {
      case NodeKind::integer:
      case NodeKind::measure:
      case NodeKind::rate:
        check_number(node);
        break;
      case NodeKind::string:
        check_string(node);
        break;
      case NodeKind::regex:
        check_regex(node);
        break;
      default:
        break;
    }
  }

  [[nodiscard]] std::string_view text_of(const Node& node) const {
    return state_.text.substr(node.begin, node.end - node.begin);
  }

  void report(Node& node, SyntaxErrorKind kind, std::string message, std::string help) {
    node.incomplete = true;
    state_.report({kind, state_.span(node.begin, node.end), std::move(message), {}, std::move(help), {}});
  }

  void check_number(Node& node) {
    std::string_view text = text_of(node);
    const bool negative = text.starts_with('-');
    if (negative) text.remove_prefix(1);
    const std::size_t size = text.find_first_not_of("0123456789_");
    DigitsProblem problem = digits_problem(text.substr(0, size), negative);
    if (problem == DigitsProblem::none && node.kind == NodeKind::rate && size + 2 < text.size()) {
      problem = digits_problem(text.substr(size + 1, text.size() - size - 2), false);
    }
    if (problem == DigitsProblem::none) return;
    constexpr std::size_t kShown = 40;
    const std::string shown =
        scan::ticked((negative ? "-" : "") + std::string(text.substr(0, kShown)) + (text.size() > kShown ? "..." : ""));
    if (problem == DigitsProblem::separators) {
      report(node, SyntaxErrorKind::bad_number, shown + " is not a number",
             "a `_` in a number stands between two digits");
    } else {
      report(node, SyntaxErrorKind::bad_number, shown + (negative ? " is too small" : " is too large") + " a number",
             node.kind == NodeKind::integer ? "a number is -9223372036854775808 to 9223372036854775807"
                                            : "a number is at most 9223372036854775807");
    }
  }

  void check_regex(Node& node) {
    const std::string_view text = text_of(node);
    if (text.starts_with("//") || text.starts_with("r\"\"")) {
      report(
          node, SyntaxErrorKind::empty_pattern, "this pattern is empty",
          text.starts_with("//") ? "a comment begins with `#`" : "an empty pattern matches everything; leave it out");
    }
  }

  /// `matches "\\d"`: that it is no pattern is said of the whole string, its escapes are a pattern's.
  void note_pattern(const Node& comparison) {
    NodeId sign = comparison.first_child;
    while (sign != Node::kNone && tree_.nodes[sign].kind != NodeKind::operator_) sign = tree_.nodes[sign].next_sibling;
    if (sign == Node::kNone || text_of(tree_.nodes[sign]) != "matches") return;
    note_strings(tree_.nodes[sign].next_sibling);
  }

  /// `list bots: pattern = ["\\d"];`
  void note_list(const Node& list) {
    std::string_view word;
    for (NodeId id = list.first_child; id != Node::kNone; id = tree_.nodes[id].next_sibling) {
      if (tree_.nodes[id].kind == NodeKind::name) word = text_of(tree_.nodes[id]);
      if (tree_.nodes[id].kind == NodeKind::source && word == "pattern") note_strings(tree_.nodes[id].first_child);
    }
  }

  /// A string, or the strings of a list.
  void note_strings(NodeId id) {
    if (id == Node::kNone) return;
    const Node& node = tree_.nodes[id];
    if (node.kind == NodeKind::string) patterns_.insert(node.begin);
    if (node.kind != NodeKind::list_literal) return;
    for (NodeId item = node.first_child; item != Node::kNone; item = tree_.nodes[item].next_sibling) {
      if (tree_.nodes[item].kind == NodeKind::string) patterns_.insert(tree_.nodes[item].begin);
    }
  }

  void check_string(Node& string) {
    if (patterns_.contains(string.begin)) return;
    std::set<std::string_view> seen;
    for (NodeId id = string.first_child; id != Node::kNone; id = tree_.nodes[id].next_sibling) {
      Node& part = tree_.nodes[id];
      if (part.kind != NodeKind::string_escape) {
        continue;
      }
      const std::string_view text = text_of(part);
      std::string help = escape_problem(text);
      if (help.empty()) {
        continue;
      }
      part.incomplete = true;
      if (seen.insert(text).second) {
        report(part, SyntaxErrorKind::bad_escape, "`" + printable(text) + "` is not an escape", std::move(help));
      }
    }
  }

  static std::string printable(std::string_view text) {
    constexpr std::size_t kShown = 24;
    std::string shown;
    for (const char c : text.substr(0, kShown)) {
      const auto byte = static_cast<unsigned char>(c);
      shown += byte < 0x20 || byte >= 0x7F ? "\\x" + hex(byte) : std::string(1, c);
    }
    return shown;
  }

  /// What to write instead of a bad escape; empty if it is a good one.
  static std::string escape_problem(std::string_view text) {
    if (text.size() == 2 && std::string_view("\"\\nt$").find(text[1]) != std::string_view::npos) {
      return {};
    }
    if (text.size() == 2 && std::string_view("{[*").find(text[1]) != std::string_view::npos) {
      return {};  // of templates; whether this string is one is not known here
    }
    if (text.starts_with("\\u{")) {
      const std::string_view digits = text.substr(3, text.size() - 4);
      std::uint32_t value = 0;
      const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
      const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
      const bool good = problem == std::errc{} && digits.size() <= 6 && value <= 0x10FFFF && !surrogate && value != 0;
      return good ? std::string{} : "`\\u{...}` holds one to six hexadecimal digits of a character, 1 to 10FFFF";
    }
    if (text.size() >= 2 && text[1] == 'u') {
      return "a character is written with braces, such as `\\u{e9}`";
    }
    if (text.size() == 2 && text[1] >= '0' && text[1] <= '9') {
      return "a part that was matched has a name, `${name}`; a group of `regex_replace` is written `\\\\" +
             std::string(1, text[1]) + "`";
    }
    if (text.size() == 2 && std::string_view("dDwWsSbBAzpP").find(text[1]) != std::string_view::npos) {
      return "classes of characters stand in patterns, `r\"^[0-9]+$\"` or `r\"\\" + std::string(1, text[1]) + "\"`";
    }
    return "escapes are `\\\"` `\\\\` `\\n` `\\t` `\\$` `\\u{...}`; a backslash is written `\\\\`";
  }

  ParseState& state_;
  SyntaxTree& tree_;
  std::set<std::uint32_t> patterns_;  ///< where strings begin that stand after `matches`
};

}  // namespace

void check_literals(ParseState& state, SyntaxTree& tree) {
  try {
    LiteralCheck(state, tree).run();
  } catch (const TooManyErrors&) {
    // The list is full.
  }
}

}  // namespace sprx
