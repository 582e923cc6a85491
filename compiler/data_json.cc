// JSON (RFC 8259, strictly): an array of keys, or an object of keys and values. A reader of its own because every row
// must know its place in the file, which no DOM keeps.
#include "compiler/data_rows.h"
#include "compiler/table/utf8.h"

namespace sprx {
namespace {

class JsonReader {
 public:
  explicit JsonReader(RowSink& sink) : sink_(sink), text_(sink.text()), at_(after_bom(text_)) {}

  void read() {
    blanks();
    const bool object = peek() == '{';
    if (!object && peek() != '[') {
      syntax("a JSON data file is an array of keys or an object");
    } else if (object != (sink_.columns() == 2)) {
      sink_.error(sink_.span(at_, at_ + 1),
                  object ? "a list is read from an array, this is an object"
                         : "a table is read from an object, this is an array",
                  object ? "write `[\"key\", …]`" : "write `{\"key\": \"value\", …}`");
    } else if (members(object)) {
      blanks();
      if (at_ < text_.size()) syntax("text after the end of the JSON value");
    }
  }

 private:
  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void blanks() {
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') {
        ++line_;
      } else if (text_[at_] != ' ' && text_[at_] != '\t' && text_[at_] != '\r') {
        return;
      }
    }
  }
  /// A mistake after which nothing can be read.
  bool syntax(std::string message, std::string help = {}) {
    const std::size_t end = at_ + std::max<std::size_t>(utf8_character(text_, at_), at_ < text_.size() ? 1 : 0);
    sink_.error(sink_.span(at_, end), std::move(message), std::move(help));
    return false;
  }

  /// From the opening bracket to past the closing one.
  bool members(bool object) {
    const char close = object ? '}' : ']';
    ++at_;
    blanks();
    if (peek() == close) {
      ++at_;
      return true;
    }
    for (;;) {
      if (!member(object)) return false;
      blanks();
      if (peek() == close) {
        ++at_;
        return true;
      }
      if (peek() != ',') return syntax(fmt::format("`,` or `{}` wanted", close));
      ++at_;
      blanks();
      if (peek() == close) return syntax("`,` before the end", "JSON has no trailing comma");
    }
  }

  bool member(bool object) {
    const std::size_t begin = at_;
    const std::uint32_t line = line_;
    good_ = true;
    used_ = 0;
    row_.cells.clear();
    if (object) {
      if (peek() != '"') return syntax("a key in double quotes wanted");
      if (!scalar()) return false;
      blanks();
      if (peek() != ':') return syntax("`:` wanted");
      ++at_;
      blanks();
    }
    if (!scalar()) return false;
    if (at_ - begin > kMaxDataRowBytes) {
      sink_.error(sink_.span(begin, begin + 1), fmt::format("a row longer than {} bytes", kMaxDataRowBytes));
    } else if (good_) {
      row_.span = sink_.span(begin, at_);
      row_.line = line;
      sink_.give(row_);
    }
    return true;
  }

  /// A string, whole number, `true` or `false`; what is JSON but none of these makes the row bad and is read past.
  bool scalar() {
    const std::size_t begin = at_;
    const char c = peek();
    if (c == '"') return string();
    if (c == '-' || (c >= '0' && c <= '9')) return number();
    if (c == '{' || c == '[') return nested();
    for (const std::string_view word : {"true", "false", "null"}) {
      if (text_.substr(at_, word.size()) != word) continue;
      at_ += word.size();
      if (word == "null") return bad(begin, "`null` in a data file", "leave the row out");
      cell(word, begin);
      return true;
    }
    return syntax("a string, a number, `true` or `false` wanted");
  }

  bool bad(std::size_t begin, std::string message, std::string help) {
    if (good_) sink_.error(sink_.span(begin, at_), std::move(message), std::move(help));
    good_ = false;
    return true;
  }
  void cell(std::string_view text, std::size_t begin) { row_.cells.push_back({text, sink_.span(begin, at_)}); }

  bool digits() {
    const std::size_t begin = at_;
    while (peek() >= '0' && peek() <= '9') ++at_;
    return at_ > begin;
  }

  bool number() {
    const std::size_t begin = at_;
    if (peek() == '-') ++at_;
    const bool zero = peek() == '0';
    const std::size_t first = at_;
    if (!digits()) return syntax("a digit wanted");
    if (zero && at_ - first > 1) {
      at_ = first;
      return syntax("a number that begins with `0`");
    }
    bool whole = true;
    if (peek() == '.') {
      ++at_;
      whole = false;
      if (!digits()) return syntax("a digit wanted");
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      whole = false;
      if (peek() == '+' || peek() == '-') ++at_;
      if (!digits()) return syntax("a digit wanted");
    }
    if (!whole) return bad(begin, "a number that is not whole", "write it as a string, or without `.` and exponent");
    cell(text_.substr(begin, at_ - begin), begin);
    return true;
  }

  /// Reads past an array or object inside a row.
  bool nested() {
    const std::size_t begin = at_;
    std::size_t depth = 0;
    do {
      const char c = peek();
      if (at_ >= text_.size()) return syntax("the JSON value has no end");
      if (c == '"') {
        if (!skip_string()) return false;
        continue;
      }
      if (c == '\n') ++line_;
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      if (depth > kMaxJsonDepth) return syntax(fmt::format("JSON nested more than {} deep", kMaxJsonDepth));
      ++at_;
    } while (depth > 0);
    at_end_of_nested_ = at_;
    at_ = begin + 1;
    const bool told = bad(begin, "a value that is itself an array or object",
                          "keys and values are strings, whole numbers, `true` and `false`");
    at_ = at_end_of_nested_;
    return told;
  }
  bool skip_string() {
    const std::size_t begin = at_;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
    }
    if (at_ >= text_.size()) return unterminated(begin);
    ++at_;
    return true;
  }
  bool unterminated(std::size_t begin) {
    at_ = begin;
    return syntax("unterminated string");
  }

  bool string() {
    const std::size_t begin = at_++;
    const std::size_t plain = at_;
    while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' &&
           static_cast<unsigned char>(text_[at_]) >= 0x20 && static_cast<unsigned char>(text_[at_]) < 0x80) {
      ++at_;
    }
    if (peek() == '"') {
      ++at_;
      cell(text_.substr(plain, at_ - plain - 1), begin);
      return true;
    }
    std::string& out = decoded_[used_++ % 2];
    out.assign(text_.substr(plain, at_ - plain));
    for (;;) {
      if (at_ >= text_.size()) return unterminated(begin);
      const char c = text_[at_];
      if (c == '"') break;
      if (c == '\\') {
        if (!escape(out)) return false;
        continue;
      }
      if (static_cast<unsigned char>(c) < 0x20)
        return syntax("a control character in a string", "write `\\n`, `\\t` or `\\u00XX`");
      const std::size_t size = utf8_character(text_, at_);
      if (size == 0) return syntax("a string that is not UTF-8");
      out += text_.substr(at_, size);
      at_ += size;
    }
    ++at_;
    cell(out, begin);
    return true;
  }

  bool escape(std::string& out) {
    const char c = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (c == 'u') return unicode(out);
    const std::size_t known = std::string_view("\"\\/bfnrt").find(c);
    if (c == '\0' || known == std::string_view::npos) return syntax("an unknown escape in a string");
    out += "\"\\/\b\f\n\r\t"[known];
    at_ += 2;
    return true;
  }

  std::optional<char32_t> code_unit(std::size_t at) const {
    if (text_.substr(at, 2) != "\\u" || at + 6 > text_.size()) return std::nullopt;
    char32_t value = 0;
    for (const char c : text_.substr(at + 2, 4)) {
      const std::size_t digit =
          std::string_view("0123456789abcdef").find(c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c);
      if (digit == std::string_view::npos) return std::nullopt;
      value = value * 16 + static_cast<char32_t>(digit);
    }
    return value;
  }

  bool unicode(std::string& out) {
    std::optional<char32_t> code = code_unit(at_);
    if (!code) return syntax("`\\u` without four hexadecimal digits");
    std::size_t size = 6;
    if (*code >= 0xD800 && *code <= 0xDFFF) {
      const std::optional<char32_t> low = code_unit(at_ + 6);
      if (*code >= 0xDC00 || !low || *low < 0xDC00 || *low > 0xDFFF) return syntax("half of a surrogate pair");
      code = 0x10000 + ((*code - 0xD800) << 10U) + (*low - 0xDC00);
      size = 12;
    }
    at_ += size;
    append_utf8(*code, out);
    return true;
  }

  RowSink& sink_;
  std::string_view text_;
  std::size_t at_;
  std::size_t at_end_of_nested_ = 0;
  std::uint32_t line_ = 1;
  DataRow row_;
  bool good_ = true;
  std::string decoded_[2];  ///< of the key and the value of this row
  std::size_t used_ = 0;
};

}  // namespace

void read_json(RowSink& sink) { JsonReader(sink).read(); }

}  // namespace sprx
