// ConcreteRequest: one request with every part of it given, and what conditions and redirect targets come to for it.
// The answers are yes, no and unknown; what depends on more than the request (the time, a function that is not worked
// out here) is unknown, and whoever asks gives up there. Flags stand as the box says, or as they are declared; a client
// is in the dynamic lists that the box names.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/sets/box.h"

namespace sprx::sets {

enum class Truth : std::uint8_t { no, yes, unknown };

/// The parts of an absolute URL as a client sends them.
struct Url {
  std::string scheme = "https";
  std::string host{kUsualHost};
  std::int64_t port = 443;
  std::string raw_path = "/";
  std::string raw_query;
  bool has_query = false;

  [[nodiscard]] std::string text() const;
  friend bool operator==(const Url&, const Url&) = default;
};

/// Where a `Location` leads from `base`; nothing where it leaves http and https. The fragment is dropped.
[[nodiscard]] std::optional<Url> resolve(const Url& base, std::string_view location);

/// Bytes of the scheme that `text` begins with, its colon among them; 0 where it has none.
[[nodiscard]] std::size_t scheme_size(std::string_view text);

/// What a redirect answers.
struct Location {
  std::string text;
  bool same_host = false;  ///< relative, or its host is the text of the field `host`
};

/// Whether one pattern is all that is known of a value: it is taken for granted that a text meets it.
[[nodiscard]] bool is_guess(const ValueSet& set);

/// Lets that are worked out for one rule; the values of more are not known.
inline constexpr int kMaxLetValues = 10'000;

class ConcreteRequest {
 public:
  /// Headers, cookies and the like are those of `base`, which must outlive this; what it does not name is not there.
  /// `canonical` is the canonical form of the URL's path.
  ConcreteRequest(Space& space, const Box& base, const Url& url, std::string method, std::string canonical);

  /// Evaluates like a request does, binding captures on the way.
  Truth test(ExprId condition);
  /// The value of an expression; nothing where it is unknown.
  std::optional<Value> value(ExprId id);
  /// The target of a redirect whose condition has just been tested to `yes`.
  std::optional<Location> location(const Answer& answer);
  void begin_rule() {
    captures_.assign(captures_.size(), std::nullopt);
    lets_.clear();
    lets_left_ = kMaxLetValues;
  }

  /// The request came over another scheme than the one whose headers these are: what terminates TLS may have added
  /// some.
  void other_scheme() {
    other_scheme_ = true;
    lets_.clear();
  }
  /// A response that a rule has made, for conditions of response rules.
  void answered(std::int64_t status) {
    status_ = status;
    lets_.clear();
    lets_left_ = kMaxLetValues;
  }
  /// The rows of tables that values were looked up in since `begin`.
  [[nodiscard]] const std::vector<std::pair<std::uint32_t, std::uint32_t>>& rows() const { return rows_; }
  void forget_rows() {
    rows_.clear();
    lets_.clear();  // a value that is kept names no row again
  }

 private:
  std::optional<Value> field(const Expr& e);
  std::optional<Value> from_base(const Expr& e);
  std::optional<Value> let(ExprId id, const Expr& e);
  std::optional<Value> lookup(const Expr& e);
  std::optional<Value> choose(const Expr& e);
  std::optional<Value> concat(const Expr& e);
  std::optional<Value> call(const Expr& e);
  Truth bind(const Expr& e);
  Truth atom(ExprId id, const Expr& e);
  Truth switched(ExprId id, const Expr& e);
  std::optional<Truth> assumed(ExprId id, const Expr& e);
  bool stays(ExprId id);
  bool reads_named_field(ExprId id);
  bool has_derived();
  [[nodiscard]] bool names_cookies() const;
  std::optional<std::string> text_of(ExprId id);
  bool append_parts(ExprId id, std::string& out, bool& own_host);
  void read_query();

  Space& space_;
  const Box& base_;
  const Url& url_;
  std::string method_;
  std::string path_;
  std::vector<std::pair<std::string, std::string>> query_;
  std::vector<std::optional<std::string>> captures_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> rows_;
  std::unordered_map<std::uint32_t, std::optional<Value>> lets_;  ///< by LetId, of those that read no captures
  int lets_left_ = kMaxLetValues;
  std::optional<std::int64_t> status_;
  bool other_scheme_ = false;
  std::unordered_map<std::uint32_t, bool> stays_;
  std::optional<bool> derived_;
};

}  // namespace sprx::sets
