#include "runtime/access_log.h"

#include <chrono>
#include <fmt/format.h>

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

/// Copies `text`, giving each byte that must not stand as it is to `escape`.
template <typename MustEscape, typename Escape>
void append_escaped(std::string& out, std::string_view text, MustEscape must_escape, Escape escape) {
  std::size_t plain = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x20 && byte < 0x7f && !must_escape(byte)) {
      ++at;
      continue;
    }
    const std::size_t length = byte >= 0x80 ? utf8_length(text.substr(at)) : 0;
    if (length > 0) {
      at += length;
      continue;
    }
    out.append(text.substr(plain, at - plain));
    escape(byte);
    plain = ++at;
  }
  out.append(text.substr(plain));
}

void append_number(std::string& out, std::int64_t number) {
  const fmt::format_int text(number);
  out.append(text.data(), text.size());
}

/// Writes the fields of a line in one of the two shapes; the order of calls is the order of keys.
class LineWriter {
 public:
  LineWriter(std::string& out, LogFormat format) : out_(out), json_(format == LogFormat::json) {
    if (json_) out_.push_back('{');
  }
  void text(std::string_view key, std::string_view value) {
    if (value.data() == nullptr) return absent(key);
    begin(key);
    string(value);
  }
  void number(std::string_view key, std::optional<std::int64_t> value) {
    if (!value) return absent(key);
    begin(key);
    append_number(out_, *value);
  }
  void boolean(std::string_view key, std::optional<bool> value) {
    if (!value) return absent(key);
    begin(key);
    out_.append(*value ? "true" : "false");
  }
  /// Opens a value that the caller appends to with the functions below.
  void begin(std::string_view key) {
    if (!first_) out_.push_back(json_ ? ',' : '\t');
    first_ = false;
    quote();
    out_.append(key);
    quote();
    out_.push_back(':');
  }
  void string(std::string_view value) {
    quote();
    json_ ? append_json_text(out_, value) : append_ltsv_text(out_, value);
    quote();
  }
  void end() { out_.append(json_ ? "}\n" : "\n"); }
  [[nodiscard]] bool json() const { return json_; }
  [[nodiscard]] std::string& out() { return out_; }

 private:
  void absent(std::string_view key) {
    begin(key);
    out_.append(json_ ? "null" : "-");
  }
  void quote() {
    if (json_) out_.push_back('"');
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

void write_rules(LineWriter& line, const AccessRecord& record, std::string_view key,
                 std::vector<RuleIndex> Decision::*rules) {
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

void write_fields(LineWriter& line, const AccessRecord& record) {
  if (!line.json()) {
    std::string key;
    each_decision(record, [&](const Decision& decision, Phase) {
      for (const LogField& field : decision.log) line.text(key.assign("fields.").append(field.key), field.value);
    });
    return;
  }
  line.begin("fields");
  std::string& out = line.out();
  out.push_back('{');
  bool first = true;
  each_decision(record, [&](const Decision& decision, Phase) {
    for (const LogField& field : decision.log) {
      if (!first) out.push_back(',');
      first = false;
      line.string(field.key);
      out.push_back(':');
      line.string(field.value);
    }
  });
  out.push_back('}');
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  append_escaped(
      out, text, [](unsigned char byte) { return byte == '"' || byte == '\\'; },
      [&](unsigned char byte) {
        if (byte == '"' || byte == '\\') {
          out.push_back('\\');
          out.push_back(static_cast<char>(byte));
        } else {
          out.append("\\u00");
          out.push_back(kHex[byte >> 4]);
          out.push_back(kHex[byte & 15]);
        }
      });
}

void append_ltsv_text(std::string& out, std::string_view text) {
  append_escaped(
      out, text, [](unsigned char byte) { return byte == '\\'; },
      [&](unsigned char byte) {
        out.push_back('\\');
        switch (byte) {
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
            out.push_back('x');
            out.push_back(kHex[byte >> 4]);
            out.push_back(kHex[byte & 15]);
        }
      });
}

void append_time(std::string& out, std::int64_t time_us) {
  using namespace std::chrono;
  const sys_time<microseconds> time{microseconds(time_us)};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                 static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                 clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
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
  line.begin("time");
  if (line.json()) out.push_back('"');
  append_time(out, record.time_us);
  if (line.json()) out.push_back('"');
  if (record.client) {
    line.text("client_ip", to_text(*record.client));
  } else {
    line.text("client_ip", {});
  }
  line.text("hostname", record.hostname);
  line.text("method", record.method);
  line.text("path", record.path);
  line.text("query", record.query);
  line.text("protocol", record.protocol);
  line.number("status", record.status);
  line.number("bytes", static_cast<std::int64_t>(record.bytes));
  line.number("body_bytes", static_cast<std::int64_t>(record.body_bytes));
  line.number("request_bytes", static_cast<std::int64_t>(record.request_bytes));
  line.number("duration_us", record.duration_us);
  line.number("upstream_connect_us", record.upstream_connect_us);
  line.number("upstream_head_us", record.upstream_head_us);
  line.number("upstream_us", record.upstream_us);
  line.text("upstream_addr", record.upstream_addr);
  line.boolean("reused", record.reused);
  line.text("request_id", record.request_id);
  line.text("user_agent", record.user_agent);
  line.text("referer", record.referer);
  write_rules(line, record, "rules", &Decision::matched);
  write_rules(line, record, "would", &Decision::would);
  line.text("source", source_text(record));
  line.text("error", record.error);
  line.text("table", record.table);
  write_fields(line, record);
  line.end();
}

}  // namespace sprx
