#include "runtime/decide/url_text.h"

#include <algorithm>

#include "compiler/table/canonical.h"
#include "compiler/table/dot_segments.h"

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
  if (kind_ == Kind::path) return Place::path;
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

void UrlText::append(const TextPart& part) {
  if (part.text.empty()) return;
  if (out_.empty()) foreign_start_ = part.origin != Origin::own;
  if (part.is_path && !ends_authority(part.text) && place() == Place::authority) out_ += '/';
  const std::size_t from = out_.size();
  encode(part);
  const bool own = part.origin == Origin::own;
  if (resolving_) {
    // What an expression made may hold dots of its own, unlike literals and rows, which the compiler has seen.
    resolve(from, own && !(part.made && kind_ == Kind::path), own || part.made);
  } else if (own && !ended_ && place() == Place::path) {
    resolving_ = true;
    piece_ = out_.rfind('/') + 1;
    touched_ = piece_ < from;
    floor_ = out_.size();
  }
}

void UrlText::encode(const TextPart& part) {
  if (part.origin == Origin::own || part.origin == Origin::wire) return append_trusted_text(part.text, out_);
  const Place at = place();
  // A path after a host ends it; anything else stays a part of it.
  if (at == Place::authority && part.text.front() != '/') return append_in_authority(part.text, out_);
  const UrlPlace place = at == Place::query      ? UrlPlace::query
                         : at == Place::fragment ? UrlPlace::fragment
                                                 : UrlPlace::path;
  part.origin == Origin::path ? append_path_text(place, part.text, out_) : append_client_text(place, part.text, out_);
}

std::size_t UrlText::without_dots(std::size_t end, bool fixed) {
  const std::string_view text(out_);
  const int dots = dots_of(text.substr(piece_, end - piece_));
  if (dots == 0) return end;
  if (dots == 1 || fixed) return piece_;
  // The segment before goes too, unless text of the author's is in it; then nothing before it can go any more.
  std::size_t begin = piece_;
  if (begin > floor_) begin -= text[begin - 1] == '/' ? 1 : 3;
  while (begin > floor_ && text[begin - 1] != '/' && (begin < 3 || separator_at(text, begin - 3) != 3)) --begin;
  const bool whole = begin == 0 || text[begin - 1] == '/' || (begin >= 3 && separator_at(text, begin - 3) == 3);
  if (whole && (begin >= floor_ || begin == piece_)) return begin;
  floor_ = piece_;
  return piece_;
}

void UrlText::resolve(std::size_t from, bool own, bool fixed) {
  std::size_t read = std::max(piece_, from < 2 ? 0 : from - 2);  // an escape may have begun in the part before
  std::size_t write = read;
  const auto keep = [&](std::size_t end) {
    if (write != read) std::copy(out_.data() + read, out_.data() + end, out_.data() + write);
    write += end - read;
    read = end;
  };
  for (std::size_t at = read; at < out_.size() && !ended_; ++at) {
    ended_ = kind_ == Kind::location && (out_[at] == '?' || out_[at] == '#');
    const std::size_t width = separator_at(out_, at);
    if (width == 0 && !ended_) continue;
    keep(at);
    const std::size_t left = touched_ || !own ? without_dots(write, fixed) : write;
    const bool gone = left != write;
    write = left;
    if (gone) {
      read = at + width;
    } else {
      keep(at + width);
    }
    if (width != 0) at += width - 1;
    piece_ = write;
    touched_ = false;
  }
  keep(out_.size());
  out_.resize(write);
  if (ended_) resolving_ = false;
  if (!own && piece_ < write) touched_ = true;
  if (fixed) floor_ = std::max(floor_, write);
}

std::string_view UrlText::finish() {
  if (resolving_ && touched_) out_.resize(without_dots(out_.size(), false));
  return kind_ == Kind::path ? path() : location();
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
  if (out_ == "*") return out_;
  const std::size_t slashes = std::min(out_.find_first_not_of('/'), out_.size());
  if (slashes == 0) {
    out_.insert(out_.begin(), '/');
  } else {
    out_.erase(0, slashes - 1);
  }
  for (std::size_t i = 0; i < out_.size(); ++i) {
    if (out_[i] != '?' && out_[i] != '#') continue;
    out_.replace(i, 1, out_[i] == '?' ? "%3F" : "%23");
  }
  return out_;
}

}  // namespace sprx
