#include "runtime/decide/url_text.h"

#include <algorithm>

#include "compiler/table/canonical.h"

namespace sprx {
namespace {

bool is_alpha(char c) { return fold(c) >= 'a' && fold(c) <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Length of `scheme:` at the start of `text`, 0 where there is none.
std::size_t scheme_length(std::string_view text) {
  if (text.empty() || !is_alpha(text.front())) return 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == ':') return i + 1;
    if (!is_alpha(text[i]) && !is_digit(text[i]) && text[i] != '+' && text[i] != '-' && text[i] != '.') return 0;
  }
  return 0;
}

/// Client text where a host is being written: the compiler proved it harmless; this keeps it a part of the host
/// whatever it is.
void append_in_authority(std::string_view text, std::string& out) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  for (const char c : text) {
    if (is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
}

bool ends_authority(std::string_view text) {
  return !text.empty() && std::string_view("/?#").find(text.front()) != std::string_view::npos;
}

}  // namespace

UrlText::Place UrlText::place() const {
  if (out_.empty()) return Place::start;
  if (out_.find('#') != std::string::npos) return Place::fragment;
  if (out_.find('?') != std::string::npos) return Place::query;
  const std::size_t scheme = scheme_length(out_);
  if (scheme == 0) return Place::path;
  const std::string_view rest = std::string_view(out_).substr(scheme);
  if (rest.size() <= 2) return std::string_view("//").starts_with(rest) ? Place::authority : Place::path;
  if (!rest.starts_with("//")) return Place::path;
  return rest.find('/', 2) == std::string_view::npos ? Place::authority : Place::path;
}

void UrlText::append(Origin origin, bool is_path, std::string_view text) {
  if (text.empty()) return;
  if (out_.empty()) foreign_start_ = origin != Origin::own;
  if (is_path && !ends_authority(text) && place() == Place::authority) out_ += '/';
  if (origin == Origin::own || origin == Origin::wire) {
    append_trusted_text(text, out_);
    return;
  }
  const Place at = place();
  // A path after a host ends it; anything else stays a part of it.
  if (at == Place::authority && text.front() != '/') return append_in_authority(text, out_);
  const UrlPlace part = at == Place::query      ? UrlPlace::query
                        : at == Place::fragment ? UrlPlace::fragment
                                                : UrlPlace::path;
  origin == Origin::path ? append_path_text(part, text, out_) : append_client_text(part, text, out_);
}

std::string_view UrlText::location() {
  const auto slash = [](char c) { return c == '/' || c == '\\'; };
  // A host that turned out empty (`substring(host, 9)`) must not make one of the path: what is left is a path here.
  if (const std::size_t at = scheme_length(out_); at != 0) {
    const std::string_view rest = std::string_view(out_).substr(at);
    if (rest.starts_with("//") && (rest.size() == 2 || slash(rest[2]) || rest[2] == '?' || rest[2] == '#'))
      out_.erase(0, at + 2);
  }
  if (!out_.empty() && slash(out_.front())) {
    const auto rest = std::find_if_not(out_.begin(), out_.end(), slash);
    out_.erase(out_.begin() + 1, rest);
    out_.front() = '/';
    return out_;
  }
  const bool settled = !out_.empty() && (out_.front() == '?' || out_.front() == '#');
  const std::size_t scheme = scheme_length(out_);
  const std::string_view name = std::string_view(out_).substr(0, scheme);
  const bool web = equal_nocase(name, "http:") || equal_nocase(name, "https:");
  if (!settled && (scheme == 0 || (foreign_start_ && !web))) out_.insert(out_.begin(), '/');
  return out_;
}

std::string_view UrlText::path() {
  if (!out_.starts_with('/') && out_ != "*") out_.insert(out_.begin(), '/');
  for (std::size_t i = 0; i < out_.size(); ++i) {
    if (out_[i] != '?' && out_[i] != '#') continue;
    out_.replace(i, 1, out_[i] == '?' ? "%3F" : "%23");
  }
  return out_;
}

}  // namespace sprx
