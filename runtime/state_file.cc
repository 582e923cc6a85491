#include "runtime/state_file.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <iterator>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/table/hash.h"

namespace sprx {
namespace {

constexpr std::string_view kHeader = "sprx-state 1\n";

constexpr std::array<std::pair<KeyKind, std::string_view>, 5> kKinds{{{KeyKind::ip, "ip"},
                                                                      {KeyKind::cidr, "cidr"},
                                                                      {KeyKind::string, "string"},
                                                                      {KeyKind::path, "path"},
                                                                      {KeyKind::host, "host"}}};

std::string_view kind_word(KeyKind kind) {
  for (const auto& [known, word] : kKinds) {
    if (known == kind) return word;
  }
  return "?";
}

std::optional<KeyKind> kind_of(std::string_view word) {
  for (const auto& [kind, known] : kKinds) {
    if (known == word) return kind;
  }
  return std::nullopt;
}

bool is_plain(char c) { return c > ' ' && c != '%' && c != '\x7F'; }

void append_escaped(std::string_view text, std::string& out) {
  for (const char c : text) {
    if (is_plain(c)) {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
}

std::optional<std::string> unescaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (text[0] != '%') {
      out += text[0];
      text.remove_prefix(1);
      continue;
    }
    unsigned byte = 0;
    if (text.size() < 3 || std::from_chars(text.data() + 1, text.data() + 3, byte, 16).ptr != text.data() + 3)
      return std::nullopt;
    out += static_cast<char>(byte);
    text.remove_prefix(3);
  }
  return out;
}

std::string_view take_word(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(line.size(), end + 1));
  return word;
}

template <typename Number>
bool read_number(std::string_view text, Number& out, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
  return error == std::errc() && end == text.data() + text.size();
}

bool read_key(std::string_view line, LiveState::Saved& out) {
  LiveState::Saved::Key key;
  key.list = take_word(line);
  const std::optional<KeyKind> kind = kind_of(take_word(line));
  const std::string_view until = take_word(line);
  const std::optional<std::string> text = unescaped(line);
  if (key.list.empty() || !kind || !read_number(until, key.until_us) || !text) return false;
  // Text is taken as it is: what a rule put in is canonical, whatever a person may write.
  const bool addresses = *kind == KeyKind::ip || *kind == KeyKind::cidr;
  std::string why;
  if (addresses && !read_live_key(*kind, *text, &key.key, &why)) return false;
  if (!addresses) key.key = *text;
  if (key.key.empty() || key.key.size() > kMaxLiveKey) return false;
  key.kind = *kind;
  out.keys.push_back(std::move(key));
  return true;
}

bool read_line(std::string_view line, LiveState::Saved& out) {
  const std::string_view word = take_word(line);
  if (word == "key") return read_key(line, out);
  if (word != "flag") return false;
  const std::string_view name = take_word(line);
  if (name.empty() || (line != "on" && line != "off")) return false;
  out.flags.emplace_back(name, line == "on");
  return true;
}

std::string error_text(std::string_view what, const std::string& path) {
  return fmt::format("{} {}: {}", what, path, std::strerror(errno));
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

std::string write_state(const LiveState::Saved& saved) {
  std::string out(kHeader);
  for (const auto& [name, on] : saved.flags)
    fmt::format_to(std::back_inserter(out), "flag {} {}\n", name, on ? "on" : "off");
  for (const LiveState::Saved::Key& key : saved.keys) {
    fmt::format_to(std::back_inserter(out), "key {} {} {} ", key.list, kind_word(key.kind), key.until_us);
    append_escaped(live_key_text(key.kind, key.key), out);
    out += '\n';
  }
  fmt::format_to(std::back_inserter(out), "end {} {:016x}\n", saved.flags.size() + saved.keys.size(),
                 hash_text(out, false));
  return out;
}

std::optional<std::string> read_state(std::string_view text, LiveState::Saved& out) {
  if (!text.starts_with(kHeader)) return "it is of no version that is known here";
  const std::size_t end = text.size() < 2 ? std::string_view::npos : text.rfind('\n', text.size() - 2);
  if (end == std::string_view::npos || text.back() != '\n') return "its end is missing";
  const std::string_view body = text.substr(0, end + 1);
  std::string_view last = text.substr(end + 1);
  last.remove_suffix(1);
  std::size_t count = 0;
  std::uint64_t sum = 0;
  const bool whole = take_word(last) == "end" && read_number(take_word(last), count) && read_number(last, sum, 16);
  if (!whole) return "its end is missing";
  if (sum != hash_text(body, false)) return "its checksum is wrong";
  LiveState::Saved read;
  std::size_t lines = 0;
  for (std::string_view rest = body.substr(kHeader.size()); !rest.empty(); ++lines) {
    const std::size_t size = rest.find('\n');
    if (!read_line(rest.substr(0, size), read)) return fmt::format("line {} cannot be read", lines + 2);
    rest.remove_prefix(size + 1);
  }
  if (lines != count) return "lines are missing";
  out = std::move(read);
  return std::nullopt;
}

std::optional<std::string> save_state_file(const std::string& path, std::string_view text) {
  const std::string temporary = path + ".new";
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (fd < 0) return error_text("cannot write", temporary);
  const bool written = write_all(fd, text) && ::fsync(fd) == 0;
  std::optional<std::string> error;
  if (!written) error = error_text("cannot write", temporary);
  ::close(fd);
  if (!error && ::rename(temporary.c_str(), path.c_str()) != 0) error = error_text("cannot replace", path);
  if (error) ::unlink(temporary.c_str());
  return error;
}

std::optional<std::string> load_state_file(const std::string& path, std::string& text, bool& missing) {
  missing = false;
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) {
    missing = errno == ENOENT || errno == ENOTDIR;
    return missing ? std::nullopt : std::optional(error_text("cannot read", path));
  }
  std::optional<std::string> error;
  struct stat about {};
  if (::fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) error = path + " is no file";
  std::array<char, 64 * 1024> block;
  while (!error) {
    const ssize_t got = ::read(fd, block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) error = error_text("cannot read", path);
    if (got <= 0) break;
    text.append(block.data(), static_cast<std::size_t>(got));
    if (text.size() > kStateFileLimit) error = path + " is too large";
  }
  ::close(fd);
  return error;
}

}  // namespace sprx
