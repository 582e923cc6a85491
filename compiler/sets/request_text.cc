#include "compiler/sets/request_text.h"

#include <algorithm>

#include "compiler/table/canonical.h"

namespace sprx::sets {
namespace {

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c != 0x7F; });
}

/// A request that is put together from what the sets of a box say of its parts.
class RequestText {
 public:
  explicit RequestText(Space& space) : space_(space) {}

  bool take(const ValueSet& set) {
    const Expr& e = space_.pool()[set.subject()];
    const Value& value = set.value();
    if (e.op != Op::field || !value.certain || !is_plain(value.text)) return false;
    const auto field = static_cast<Field>(e.a);
    if (!value.present) return field != Field::request_id;
    const std::string key(space_.pool().strings.view(StrId{e.b}));
    switch (field) {
      case Field::method:
        method_ = value.text;
        return true;
      case Field::scheme:
        scheme_ = value.text;
        return true;
      case Field::host:
        host_ = value.text;
        return !host_.empty();
      case Field::port:
        port_ = value.integer;
        return true;
      case Field::path:
        path_ = value.text;
        has_path_ = true;
        return true;
      case Field::path_extension:
        ending_ = "." + value.text;
        return true;
      case Field::path_file:
        file_ = value.text;
        return true;
      case Field::query:
        query_ += query_.empty() ? '?' : '&';
        append_client_text(UrlPlace::query, key, query_);
        query_ += '=';
        append_client_text(UrlPlace::query, value.text, query_);
        return true;
      case Field::header:
        with(key + ": " + value.text);
        return true;
      case Field::cookie:
        with("the cookie " + key + "=" + value.text);
        return true;
      case Field::geo_country:
        with("the country " + value.text);
        return true;
      case Field::response_status:
        with("the answer " + std::to_string(value.integer));
        return true;
      case Field::response_header:
        with("the answer's " + key + ": " + value.text);
        return true;
      case Field::client_ip:
        from_ = to_text(address_of(value.address));
        return true;
      default:
        return false;
    }
  }

  /// Empty where parts of it contradict each other.
  std::string text(const Box& box) {
    if (!has_path_) path_ = !file_.empty() ? "/" + file_ : !ending_.empty() ? "/x" + ending_ : "/";
    for (const ValueSet& set : box.sets()) {
      const auto field = static_cast<Field>(space_.pool()[set.subject()].a);
      if (field == Field::path_extension || field == Field::path_file) {
        if (!fits(set, field)) return {};
      }
    }
    std::string out = method_ + " " + scheme_ + "://" + host_;
    if (port_ != 0 && port_ != (scheme_ == "https" ? 443 : 80)) out += ":" + std::to_string(port_);
    append_path_text(UrlPlace::path, path_, out);
    out += query_;
    if (!with_.empty()) out += " with " + with_;
    if (!from_.empty()) out += std::string(with_.empty() ? "" : ",") + " from " + from_;
    return out;
  }

 private:
  Space& space_;
  std::string method_ = "GET";
  std::string scheme_ = "https";
  std::string host_{kUsualHost};
  std::int64_t port_ = 0;
  std::string path_;
  std::string ending_;
  std::string file_;
  std::string query_;
  std::string with_;
  std::string from_;
  bool has_path_ = false;

  void with(const std::string& part) { with_ += (with_.empty() ? "" : ", ") + part; }

  /// Whether the path has the file name and extension that the set wants.
  bool fits(const ValueSet& set, Field field) {
    const std::string segment = path_.substr(path_.rfind('/') + 1);
    Value value;
    value.present = true;
    value.text = segment;
    if (field == Field::path_extension) {
      const std::size_t dot = segment.rfind('.');
      value.present = dot != std::string::npos && dot != 0 && dot + 1 < segment.size();
      value.text = value.present ? segment.substr(dot + 1) : "";
      std::transform(value.text.begin(), value.text.end(), value.text.begin(), fold);
    }
    return std::all_of(set.literals().begin(), set.literals().end(),
                       [&](const Literal& literal) { return is_right(space_, Sort::text, value, literal); });
  }
};

}  // namespace

std::string request_text(Space& space, const Box& box) {
  if (box.has_opaque()) return {};
  RequestText request(space);
  for (const ValueSet& set : box.sets()) {
    if (!request.take(set)) return {};
  }
  return request.text(box);
}

}  // namespace sprx::sets
