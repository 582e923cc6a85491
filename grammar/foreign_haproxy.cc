// Conditions as HAProxy writes them: a sample, flags and a value, `hdr(host) -i www.example.com`, `path_beg /api`. The
// whole is one mistake, and what it should be is known.
#include <array>

#include "grammar/foreign.h"
#include "grammar/haproxy.h"

namespace sprx {
namespace {

struct Sample {
  std::string_view name;
  std::string_view field;  ///< with `[` where the argument is its key
  std::string_view op;     ///< "" where the name says none
};

constexpr std::array kSamples = {Sample{"hdr", "header[", "=="},
                                 Sample{"req.hdr", "header[", "=="},
                                 Sample{"req.fhdr", "header[", "=="},
                                 Sample{"hdr_beg", "header[", "starts_with"},
                                 Sample{"hdr_end", "header[", "ends_with"},
                                 Sample{"hdr_sub", "header[", "contains"},
                                 Sample{"hdr_reg", "header[", "matches"},
                                 Sample{"hdr_dom", "header[", "under"},
                                 Sample{"res.hdr", "response.header[", "=="},
                                 Sample{"cook", "cookie[", "=="},
                                 Sample{"req.cook", "cookie[", "=="},
                                 Sample{"url_param", "query[", "=="},
                                 Sample{"urlp", "query[", "=="},
                                 Sample{"path_beg", "path", "starts_with"},
                                 Sample{"path_end", "path", "ends_with"},
                                 Sample{"path_sub", "path", "contains"},
                                 Sample{"path_dir", "path", "under"},
                                 Sample{"path_reg", "path", "matches"},
                                 Sample{"url", "uri", "=="},
                                 Sample{"url_beg", "uri", "starts_with"},
                                 Sample{"url_end", "uri", "ends_with"},
                                 Sample{"url_sub", "uri", "contains"},
                                 Sample{"url_reg", "uri", "matches"},
                                 Sample{"src", "client.ip", "in"},
                                 Sample{"dst_port", "port", "=="},
                                 Sample{"path", "path", "=="},
                                 Sample{"method", "method", "=="},
                                 Sample{"status", "response.status", "=="}};

/// Samples that stand for a value and are in no comparison above.
constexpr std::array kValues = {Sample{"pathq", "uri", ""},
                                Sample{"query", "raw_query", ""},
                                Sample{"unique-id", "request_id", ""},
                                Sample{"capture.req.uri", "uri", ""},
                                Sample{"capture.req.method", "method", ""},
                                Sample{"capture.req.ver", "http_version", ""},
                                Sample{"req.cook_val", "cookie[", ""}};

bool is_name(char c) { return scan::is_name_char(c) || c == '.'; }

/// What stands before `end`: `hdr(host)` or `src`.
struct Before {
  Offset begin = 0;
  std::string_view name;
  std::string_view argument;
};

Before sample_before(std::string_view text, Offset end) {
  Before out;
  Offset at = end;
  if (at > 0 && text[at - 1] == ')') {
    const std::size_t open = text.substr(0, at).rfind('(');
    const std::size_t line = text.substr(0, at).rfind('\n');
    if (open == std::string_view::npos || (line != std::string_view::npos && line > open)) return out;
    out.argument = text.substr(open + 1, at - open - 2);
    at = static_cast<Offset>(open);
  }
  out.begin = at;
  while (out.begin > 0 && is_name(text[out.begin - 1])) --out.begin;
  out.name = text.substr(out.begin, at - out.begin);
  return out;
}

/// Past one value: a string, or what goes on to a blank, `;` or `}`.
Offset value_end(std::string_view text, Offset at) {
  if (text[at] == '"') return scan::skip_string(text, at);
  while (at < text.size() && !scan::is_blank(text[at]) && text[at] != ';' && text[at] != '}') ++at;
  return at;
}

/// The flags of a comparison, and what they say of it.
struct Flags {
  Offset end = 0;
  bool nocase = false;
  bool file = false;
  std::string_view op;
};

Flags read_flags(std::string_view text, Offset at) {
  Flags out;
  while (at + 1 < text.size() && text[at] == '-' && scan::is_name_start(text[at + 1])) {
    const std::string_view flag = scan::name_at(text, at + 1);
    at = scan::skip_spaces(text, at + 1 + static_cast<Offset>(flag.size()));
    out.nocase = out.nocase || flag == "i";
    out.file = out.file || flag == "f";
    if (flag != "m") continue;
    const std::string_view how = scan::name_at(text, at);
    at = scan::skip_spaces(text, at + static_cast<Offset>(how.size()));
    out.op = how == "beg"   ? "starts_with"
             : how == "end" ? "ends_with"
             : how == "sub" ? "contains"
             : how == "reg" ? "matches"
             : how == "dom" ? "under"
                            : "==";
  }
  out.end = at;
  return out;
}

std::string quoted(std::string_view value, std::string_view op) {
  if (value.starts_with('"')) return (op == "matches" ? "r" : "") + std::string(value);
  return (op == "matches" ? "r\"" : "\"") + std::string(value) + "\"";
}

}  // namespace

std::optional<Foreign> haproxy_comparison(std::string_view text, Offset at) {
  Offset end = at;
  while (end > 0 && (text[end - 1] == ' ' || text[end - 1] == '\t')) --end;
  const Before before = sample_before(text, end);
  const Sample* known = nullptr;
  for (const Sample& sample : kSamples) {
    if (sample.name == before.name && sample.field.ends_with('[') == !before.argument.empty()) known = &sample;
  }
  const Flags flags = read_flags(text, at);
  // Our own fields with our own operators behind them are no comparison of HAProxy's.
  const bool ours = known != nullptr && known->name == known->field;
  if (known == nullptr || (ours && flags.end == at) || flags.end >= text.size()) return std::nullopt;
  const char next = text[flags.end];
  if (!scan::is_name_char(next) && std::string_view("\"/.^\\").find(next) == std::string_view::npos)
    return std::nullopt;
  const Offset last = value_end(text, flags.end);
  const std::string_view value = text.substr(flags.end, last - flags.end);
  const bool host = known->field == "header[" && (before.argument == "host" || before.argument == "Host");
  const bool number = known->field == "port" || known->field == "response.status";
  std::string_view op = flags.op.empty() ? known->op : flags.op;
  if (op == "under" && !host && known->field != "path") op = "contains";
  std::string ours_text = host ? "host" : std::string(known->field);
  if (!host && known->field.ends_with('[')) ours_text += "\"" + std::string(before.argument) + "\"]";
  ours_text += flags.nocase && !host && op != "under" && op != "matches" ? " nocase " : " ";
  ours_text += flags.file ? "in some_list" : std::string(op) + " " + (number ? std::string(value) : quoted(value, op));
  if (flags.nocase && !host && op == "matches" && !flags.file) ours_text += "i";
  constexpr std::size_t kShown = 70;
  Foreign out{before.begin, last, {}, {}, {}};
  out.message = "this is how HAProxy compares";
  out.help = flags.file ? "the values of a file are a list: `list some_list: string from \"file.txt\";` and `" +
                              ours_text + "`"
             : ours_text.size() <= kShown ? "write " + scan::ticked(ours_text)
                                          : "an operator stands between two values, text in quotes";
  if (!flags.file) out.replacement = ours_text;
  return out;
}

std::string haproxy_field(std::string_view sample) {
  const std::size_t comma = sample.find(',');
  const std::string_view converter = comma == std::string_view::npos ? std::string_view{} : sample.substr(comma + 1);
  std::string_view name = sample.substr(0, comma);
  std::string_view argument;
  if (const std::size_t open = name.find('('); open != std::string_view::npos && name.ends_with(')')) {
    argument = name.substr(open + 1, name.size() - open - 2);
    name = name.substr(0, open);
  }
  std::string out;
  const auto look = [&](const auto& samples) {
    for (const Sample& known : samples) {
      const bool keyed = known.field.ends_with('[');
      const bool plain = known.op.empty() || known.op == "==" || known.op == "in";
      if (known.name != name || keyed == argument.empty() || !plain) continue;
      out = keyed ? std::string(known.field) + "\"" + std::string(argument) + "\"]" : std::string(known.field);
    }
  };
  look(kSamples);
  look(kValues);
  if (out == "header[\"host\"]" || out == "header[\"Host\"]") out = "host";
  if (out.empty() || converter.empty()) return out;
  if (converter == "lower" || converter == "upper") return std::string(converter) + "(" + out + ")";
  return converter == "url_dec" ? "url_decode(" + out + ")" : std::string{};
}

}  // namespace sprx
