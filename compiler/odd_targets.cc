#include "compiler/odd_targets.h"

#include <fmt/format.h>

#include "compiler/table/canonical.h"
#include "compiler/table/utf8.h"

namespace sprx {
namespace {

constexpr std::string_view kPlainHttp = "http://";

bool leads_to_http(std::string_view target) {
  return target.size() >= kPlainHttp.size() && equal_nocase(target.substr(0, kPlainHttp.size()), kPlainHttp);
}

void label_use(Diagnostic& d, Span use) {
  if (use.known()) d.label(use, "used here");
}

}  // namespace

bool OddTargets::is_odd(std::string_view target) const {
  return (starts_ && leads_to_http(target)) || !is_utf8(target) ||
         target.find_first_of(" \t") != std::string_view::npos;
}

void OddTargets::look_at(const DataCell& target) {
  const std::string_view text = target.text;
  if (starts_ && leads_to_http(text)) http_.note(target, 0, kPlainHttp.size());
  if (const std::size_t byte = find_invalid_utf8(text); byte != std::string_view::npos) {
    if (bytes_.count == 0) byte_ = static_cast<unsigned char>(text[byte]);
    bytes_.note(target, byte, byte + 1);
  }
  const std::size_t blank = text.find_first_of(" \t");
  if (blank == std::string_view::npos) return;
  const std::size_t behind = std::min(text.find_first_not_of(" \t", blank), text.size());
  const bool comment = behind < text.size() && text[behind] == '#';
  if (blanks_.count == 0) comment_ = comment;
  blanks_.note(target, blank, comment ? text.size() : behind);
}

void OddTargets::tell_blanks(DiagnosticList& out, std::optional<DataFormat> format, Span use) const {
  Diagnostic& d = out.add(Kind::blank_in_target, blanks_.first,
                          comment_ ? "this is part of the target, its blanks go out as `%20`"
                                   : "this blank is part of the target and goes out as `%20`");
  label_use(d, use);
  blanks_.say_count(d);
  const bool comments = format == DataFormat::tsv || format == DataFormat::txt;
  d.help(!comment_  ? "take it out, or write `%20` where it is meant"
         : comments ? "a comment stands on a line of its own, which begins with `#`"
         : format   ? "take it out: a file of this kind has no comments"
                    : "take it out: a comment begins behind the `;` of the row");
}

void OddTargets::tell(DiagnosticList& out, std::optional<DataFormat> format, Span use) const {
  if (http_.count > 0) {
    Diagnostic& d = out.add(Kind::http_target, http_.first,
                            "this redirect leads to `http`, which anyone on the way can read and change");
    label_use(d, use);
    http_.say_count(d);
    d.help("write `https://…`");
    if (http_.first.end - http_.first.begin == kPlainHttp.size()) d.fix(http_.first, "https://", false);
  }
  if (blanks_.count > 0) tell_blanks(out, format, use);
  if (bytes_.count == 0) return;
  Diagnostic& d =
      out.add(Kind::not_utf8_row, bytes_.first, fmt::format("this byte is not UTF-8 and goes out as `%{:02X}`", byte_));
  label_use(d, use);
  bytes_.say_count(d);
  d.help(fmt::format("save the file as UTF-8; where that byte is meant write `%{:02X}`", byte_));
}

}  // namespace sprx
