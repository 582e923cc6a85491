// Lists and tables as data: typed rows, before (Program) and after (DecisionTable) their look-up structures are built.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/table/address.h"
#include "compiler/table/expr.h"
#include "compiler/table/strings.h"

namespace sprx {

/// What a key means (language.md section 4); `pattern_template` is what `x like LIST` derives from a list of strings.
enum class KeyKind : std::uint8_t {
  string,
  path,
  host,
  domain,
  cidr,
  ip,
  integer,
  pattern,
  path_template,
  host_template
};

/// How a value is compared with the keys. All but `exact` are derived from a written list by its use: `x contains
/// LIST`.
enum class MatchMode : std::uint8_t { exact, under, contains, starts_with, ends_with };

struct IntRange {
  std::int64_t first = 0;
  std::int64_t last = 0;
  friend bool operator==(const IntRange&, const IntRange&) = default;
};

/// Rows of a list or keys of a table, in source order; which vector is used depends on `kind`. Text keys are stored as
/// they compare: canonical (path), lower-case A-labels (host, domain, the latter with its `=` or `*.` prefix kept),
/// folded to lower case when `nocase`.
struct Keys {
  KeyKind kind = KeyKind::string;
  MatchMode mode = MatchMode::exact;
  bool nocase = false;
  std::vector<StrId> texts;         ///< string path host domain
  std::vector<Cidr> prefixes;       ///< cidr ip
  std::vector<IntRange> ranges;     ///< integer
  std::vector<PatternId> patterns;  ///< pattern
  std::vector<TemplateId> templates;

  [[nodiscard]] std::size_t size() const {
    return texts.size() + prefixes.size() + ranges.size() + patterns.size() + templates.size();
  }
};

/// A list: written (`name` is its full name) or made from an inline literal (`name` is kNoStr).
struct List {
  StrId name = kNoStr;
  Keys keys;
};

/// A table: row i maps keys[i] to values[i]. For kinds where several keys can match (domain, cidr, pattern) the row
/// that wins is the longest (domain, cidr) or the first (pattern).
struct Table {
  StrId name = kNoStr;
  Keys keys;
  Type value_type = Type::string;
  std::vector<StrId> texts;            ///< values, by value_type
  std::vector<std::int64_t> integers;  ///< int and bool
};

}  // namespace sprx
