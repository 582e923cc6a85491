#include "runtime/access_log.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstring>

#include "compiler/table/hash.h"

namespace sprx {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

/// Length of the well-formed UTF-8 sequence at the front of `text`, 0 if there is none (RFC 3629: no surrogates,
/// nothing overlong).
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto tail = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return tail(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const unsigned low = first == 0xe0 ? 0xa0 : 0x80;
    const unsigned high = first == 0xed ? 0x9f : 0xbf;
    return tail(1, low, high) && tail(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const unsigned low = first == 0xf0 ? 0x90 : 0x80;
    const unsigned high = first == 0xf4 ? 0x8f : 0xbf;
    return tail(1, low, high) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

/// Characters past ASCII that some reader takes for the end of a line or for a command of the terminal: C1 controls (of
/// which U+0085 is a line end), U+2028 and U+2029. 0: `text`, one character, is none.
unsigned hidden_control(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.size() == 2 && byte(0) == 0xc2 && byte(1) < 0xa0) return byte(1);
  if (text.size() == 3 && byte(0) == 0xe2 && byte(1) == 0x80 && (byte(2) == 0xa8 || byte(2) == 0xa9)) {
    return 0x2000U + (byte(2) & 0x3fU);
  }
  return 0;
}

/// Copies `text`, giving each byte that must not stand as it is, and the code of each such character, to `escape`:
/// controls, bytes of no character, and the two given ones.
template <typename Escape>
void append_escaped(std::string& out, std::string_view text, char first, char second, Escape escape) {
  std::size_t plain = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    // Nearly all text has nothing to escape: eight bytes at once.
    if (std::uint64_t word = 0; at + sizeof word <= text.size()) {
      std::memcpy(&word, text.data() + at, sizeof word);
      if ((not_printable(word) | bytes_equal(word, first) | bytes_equal(word, second)) == 0) {
        at += sizeof word;
        continue;
      }
    }
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x20 && byte < 0x7f && text[at] != first && text[at] != second) {
      ++at;
      continue;
    }
    const std::size_t length = byte >= 0x80 ? utf8_length(text.substr(at)) : 0;
    const unsigned hidden = length > 1 ? hidden_control(text.substr(at, length)) : 0;
    if (length > 0 && hidden == 0) {
      at += length;
      continue;
    }
    out.append(text.substr(plain, at - plain));
    escape(hidden != 0 ? hidden : byte);
    at += std::max(length, std::size_t{1});
    plain = at;
  }
  out.append(text.substr(plain));
}

void append_hex(std::string& out, unsigned code, int digits) {
  for (int i = digits - 1; i >= 0; --i) out.push_back(kHex[code >> (4 * i) & 15]);
}

void append_number(std::string& out, std::int64_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

/// A key with what stands around it in either shape, made when this is compiled.
template <std::size_t kSize>
struct KeyText {
  std::array<char, kSize + 3> json{};  ///< `,"key":`
  std::array<char, kSize + 1> ltsv{};  ///< a tab, `key:`
  // NOLINTNEXTLINE(google-explicit-constructor): a literal is written where a key is meant
  consteval KeyText(const char (&name)[kSize]) {
    json[0] = ',';
    json[1] = '"';
    ltsv[0] = '\t';
    for (std::size_t i = 0; i + 1 < kSize; ++i) json[i + 2] = ltsv[i + 1] = name[i];
    json[kSize + 1] = '"';
    json[kSize + 2] = ':';
    ltsv[kSize] = ':';
  }
};

/// A key of every line, as both shapes write it.
struct Key {
  std::string_view json;
  std::string_view ltsv;
};
template <KeyText kText>
constexpr Key kKey{{kText.json.data(), kText.json.size()}, {kText.ltsv.data(), kText.ltsv.size()}};

/// Writes the fields of a line in one of the two shapes; the order of calls is the order of keys.
class LineWriter {
 public:
  LineWriter(std::string& out, LogFormat format) : out_(out), json_(format == LogFormat::json) {
    if (json_) out_.push_back('{');
  }
  void text(Key key, std::string_view value) {
    if (value.data() == nullptr) return absent(key);
    begin(key);
    string(value);
  }
  void number(Key key, std::optional<std::int64_t> value) {
    if (!value) return absent(key);
    begin(key);
    append_number(out_, *value);
  }
  void boolean(Key key, std::optional<bool> value) {
    if (!value) return absent(key);
    begin(key);
    out_.append(*value ? "true" : "false");
  }
  /// Opens a value that the caller appends to with the functions below.
  void begin(Key key) {
    std::string_view text = json_ ? key.json : key.ltsv;
    if (first_) text.remove_prefix(1);
    first_ = false;
    out_.append(text);
  }
  void string(std::string_view value) {
    quote();
    json_ ? append_json_text(out_, value) : append_ltsv_text(out_, value);
    quote();
  }
  void quote() {
    if (json_) out_.push_back('"');
  }
  void end() { out_.append(json_ ? "}\n" : "\n"); }
  [[nodiscard]] bool json() const { return json_; }
  [[nodiscard]] std::string& out() { return out_; }

 private:
  void absent(Key key) {
    begin(key);
    out_.append(json_ ? "null" : "-");
  }
  std::string& out_;
  bool json_;
  bool first_ = true;
};

template <typename Visit>
void each_decision(const AccessRecord& record, Visit visit) {
  if (record.rules == nullptr) return;
  if (record.request_decision != nullptr) visit(*record.request_decision, Phase::request);
  if (record.response_decision != nullptr) visit(*record.response_decision, Phase::response);
}

void write_rules(LineWriter& line, const AccessRecord& record, Key key, std::vector<RuleIndex> Decision::*rules) {
  line.begin(key);
  if (line.json()) line.out().push_back('[');
  bool first = true;
  each_decision(record, [&](const Decision& decision, Phase phase) {
    for (const RuleIndex index : decision.*rules) {
      if (!first) line.out().push_back(',');
      first = false;
      line.string(record.rules->pool.strings.view(record.rules->of(phase)[index].name));
    }
  });
  if (line.json()) line.out().push_back(']');
}

/// What rules log, each key once: as everywhere, what is said later counts. Equal keys are the same place in the pool.
template <typename Visit>
void each_field(const AccessRecord& record, Visit visit) {
  each_decision(record, [&](const Decision& decision, Phase phase) {
    for (auto field = decision.log.begin(); field != decision.log.end(); ++field) {
      const auto again = [&](const LogField& later) { return later.key.data() == field->key.data(); };
      bool said_later = std::any_of(field + 1, decision.log.end(), again);
      if (phase == Phase::request && record.response_decision != nullptr) {
        const std::vector<LogField>& later = record.response_decision->log;
        said_later = said_later || std::any_of(later.begin(), later.end(), again);
      }
      if (!said_later) visit(*field);
    }
  });
}

void write_fields(LineWriter& line, const AccessRecord& record) {
  if (!line.json()) {
    each_field(record, [&](const LogField& field) {
      line.out().append("\tfields.").append(field.key).push_back(':');
      field.value.data() == nullptr ? line.out().push_back('-') : line.string(field.value);
    });
    return;
  }
  line.begin(kKey<"fields">);
  std::string& out = line.out();
  out.push_back('{');
  bool first = true;
  each_field(record, [&](const LogField& field) {
    if (!first) out.push_back(',');
    first = false;
    line.string(field.key);
    out.push_back(':');
    line.string(field.value);
  });
  out.push_back('}');
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  append_escaped(out, text, '"', '\\', [&](unsigned code) {
    out.push_back('\\');
    if (code == '"' || code == '\\') return out.push_back(static_cast<char>(code));
    out.push_back('u');
    append_hex(out, code, 4);
  });
}

void append_ltsv_text(std::string& out, std::string_view text) {
  append_escaped(out, text, '\\', '\\', [&](unsigned code) {
    out.push_back('\\');
    switch (code) {
      case '\\':
        out.push_back('\\');
        break;
      case '\t':
        out.push_back('t');
        break;
      case '\n':
        out.push_back('n');
        break;
      case '\r':
        out.push_back('r');
        break;
      default:
        out.push_back(code < 0x100 ? 'x' : 'u');
        append_hex(out, code, code < 0x100 ? 2 : 4);
    }
  });
}

void append_time(std::string& out, std::int64_t time_us) {
  using namespace std::chrono;
  const sys_time<microseconds> time{microseconds(time_us)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  const auto digits = [&](std::int64_t number, std::size_t width, char after) {
    std::array<char, 8> text;
    text[width] = after;
    for (std::size_t i = width; i > 0; --i, number /= 10) text[i - 1] = static_cast<char>('0' + number % 10);
    out.append(text.data(), width + 1);
  };
  digits(static_cast<int>(date.year()), 4, '-');
  digits(static_cast<unsigned>(date.month()), 2, '-');
  digits(static_cast<unsigned>(date.day()), 2, 'T');
  digits(clock.hours().count(), 2, ':');
  digits(clock.minutes().count(), 2, ':');
  digits(clock.seconds().count(), 2, '.');
  digits(clock.subseconds().count(), 6, 'Z');
}

std::string_view source_text(const AccessRecord& record) {
  if (!record.source) return {};
  switch (*record.source) {
    case ResponseSource::upstream:
      return "upstream";
    case ResponseSource::proxy:
      return "proxy";
    case ResponseSource::rule:
      break;
  }
  if (record.rule == "upstream") return "rule:upstream";
  return record.rule == "proxy" ? "rule:proxy" : record.rule;
}

void append_access_line(std::string& out, const AccessRecord& record, LogFormat format) {
  LineWriter line(out, format);
  line.begin(kKey<"time">);
  line.quote();
  append_time(out, record.time_us);
  line.quote();
  if (record.client) {
    line.text(kKey<"client_ip">, to_text(*record.client));
  } else {
    line.text(kKey<"client_ip">, {});
  }
  line.text(kKey<"hostname">, record.hostname);
  line.text(kKey<"method">, record.method);
  line.text(kKey<"path">, record.path);
  line.text(kKey<"query">, record.query);
  line.text(kKey<"protocol">, record.protocol);
  line.number(kKey<"status">, record.status);
  line.number(kKey<"bytes">, static_cast<std::int64_t>(record.bytes));
  line.number(kKey<"body_bytes">, static_cast<std::int64_t>(record.body_bytes));
  line.number(kKey<"request_bytes">, static_cast<std::int64_t>(record.request_bytes));
  line.number(kKey<"duration_us">, record.duration_us);
  line.number(kKey<"upstream_connect_us">, record.upstream_connect_us);
  line.number(kKey<"upstream_head_us">, record.upstream_head_us);
  line.number(kKey<"upstream_us">, record.upstream_us);
  line.text(kKey<"upstream_addr">, record.upstream_addr);
  line.boolean(kKey<"reused">, record.reused);
  line.text(kKey<"request_id">, record.request_id);
  line.text(kKey<"user_agent">, record.user_agent);
  line.text(kKey<"referer">, record.referer);
  write_rules(line, record, kKey<"rules">, &Decision::matched);
  write_rules(line, record, kKey<"would">, &Decision::would);
  line.text(kKey<"source">, source_text(record));
  line.text(kKey<"error">, record.error);
  line.text(kKey<"table">, record.table);
  write_fields(line, record);
  line.end();
}

}  // namespace sprx
