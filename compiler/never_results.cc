// Texts that no result of a function holds: what it takes out, and characters that it never gives.
#include <algorithm>

#include "compiler/never_parts.h"
#include "compiler/table/canonical.h"

namespace sprx {
namespace {

bool is_kept(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// As `url_encode` gives it; escapes that stand there are taken for what they mean.
std::string as_encoded(const std::string& text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low >= 0) {
      byte = static_cast<unsigned char>(high * 16 + low);
      i += 2;
    }
    if (is_kept(static_cast<char>(byte))) {
      out += static_cast<char>(byte);
    } else {
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

std::optional<Never> encoded_never(const std::string& text, bool nocase, bool whole) {
  const std::string form = as_encoded(text);
  if (form == text || (nocase && equal_nocase(form, text))) return std::nullopt;
  // A part may begin and end in an escape.
  const bool odd = std::any_of(text.begin(), text.end(), [](char c) { return !is_kept(c) && c != '%'; });
  if (!whole && !odd) return std::nullopt;
  return unlike("`url_encode` gives letters, digits, `-._~` and escapes such as `%2F`, never this", form);
}

/// The text of a literal argument.
std::optional<std::string> argument_text(const ExprPool& pool, const Expr& call, std::size_t at) {
  const Expr& argument = pool[pool.list(call)[at]];
  if (argument.op != Op::text) return std::nullopt;
  return std::string(pool.strings.view(StrId{argument.a}));
}

bool has_letter(const std::string& text) { return raised(text) != text || folded(text) != text; }

std::string shown_part(const std::string& text) {
  constexpr std::size_t kPartShown = 40;
  return text.size() <= kPartShown && text.find_first_of("\"`\n") == std::string::npos
             ? "`\"" + text + "\"`"
             : std::string("what it looks for");
}

/// What is replaced is not left, unless a replacement makes a new one together with what stands beside it.
std::optional<Never> replaced_never(const ExprPool& pool, const Expr& call, const std::string& text, bool nocase) {
  const std::optional<std::string> what = argument_text(pool, call, 1);
  const std::optional<std::string> with = argument_text(pool, call, 2);
  if (!what || !with || what->empty() || text.find(*what) == std::string::npos || (nocase && has_letter(*what)))
    return std::nullopt;
  const bool apart = with->find_first_of(*what) == std::string::npos && (what->size() == 1 || !with->empty());
  if (!apart) return std::nullopt;
  std::string form;
  std::size_t done = 0;
  for (std::size_t at = text.find(*what); at != std::string::npos; at = text.find(*what, done)) {
    form += text.substr(done, at - done) + *with;
    done = at + what->size();
  }
  return unlike("`replace` leaves no " + shown_part(*what) + ", and the result never holds one",
                form + text.substr(done));
}

/// `split(path, "/", 0)`: nothing stands before the first `/`; of `OPTIONS *` the part is `*`.
bool is_before_path(const ExprPool& pool, const Expr& call) {
  const std::span<const ExprId> items = pool.list(call);
  const Expr& whole = pool[items[0]];
  const Expr& index = pool[items[2]];
  if (whole.op != Op::field || index.op != Op::integer || pool.integers[index.a] != 0) return false;
  const auto field = static_cast<Field>(whole.a);
  return field == Field::path || field == Field::uri || field == Field::raw_path;
}

std::optional<Never> part_never(const ExprPool& pool, const Expr& call, const std::string& text, bool nocase) {
  const std::optional<std::string> separator = argument_text(pool, call, 1);
  if (separator && *separator == "/" && !text.empty() && text != "*" && is_before_path(pool, call)) {
    Never out = unlike("part 0 of a path is what stands before its first `/`: it is always empty");
    const std::string field(info(static_cast<Field>(pool[pool.list(call)[0]].a)).name);
    out.help = "the first segment is part 1: `split(" + field + ", \"/\", 1)`";
    return out;
  }
  if (!separator || separator->empty() || text.find(*separator) == std::string::npos ||
      (nocase && has_letter(*separator)))
    return std::nullopt;
  Never out = unlike("a part of `split` never holds the separator " + shown_part(*separator));
  out.help = "compare the parts one by one, they are counted from 0";
  return out;
}

std::optional<Never> base64_never(const std::string& text) {
  const std::size_t end = text.find_last_not_of('=') + 1;
  const bool right = std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), [](char c) {
    return (is_kept(c) && c != '-' && c != '.' && c != '_' && c != '~') || c == '+' || c == '/';
  });
  if (right && text.size() % 4 == 0 && text.size() - end <= 2) return std::nullopt;
  return unlike("`base64_encode` gives groups of four letters, digits, `+`, `/` and `=`, never this");
}

}  // namespace

std::optional<Never> result_never(const ExprPool& pool, const Expr& call, const std::string& text, bool nocase,
                                  bool whole) {
  std::optional<Never> out;
  switch (static_cast<Function>(call.a)) {
    case Function::url_encode:
      out = encoded_never(text, nocase, whole);
      break;
    case Function::replace:
      out = replaced_never(pool, call, text, nocase);
      break;
    case Function::split:
      return part_never(pool, call, text, nocase);
    case Function::base64_encode:
      return whole ? base64_never(text) : std::nullopt;
    default:
      return std::nullopt;
  }
  if (out && !whole) out->help = "the form it can hold is `\"" + out->form + "\"`";
  return out;
}

}  // namespace sprx
