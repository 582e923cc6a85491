// Decision: what the rules of one phase say about one message. Plain data; `apply` alone carries it out.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "compiler/table/rules.h"
#include "runtime/decide/escape.h"
#include "runtime/decide/text_part.h"

namespace sprx {

/// Index of a rule in RuleSet::of(phase).
using RuleIndex = std::uint32_t;

/// Of a body made here for which nothing else is said.
inline constexpr std::string_view kDefaultType = "text/plain; charset=utf-8";

/// An edit with its value worked out. Strings live in the message's Arena or in the table.
struct Edit {
  ActionWord word = ActionWord::set;  ///< set add unset keep sort
  Target target = Target::none;
  std::uint32_t first_name = 0;  ///< as in Action
  std::uint32_t name_count = 0;
  bool present = true;          ///< false: the value was absent (`set` then unsets)
  std::string_view text;        ///< value of set and add; for `path` already encoded for the wire
  std::string_view attributes;  ///< of a response cookie: `; Path=/; Secure`
  std::int64_t number = 0;      ///< response status
};

/// A header of an answer made here; absent values are left out when deciding.
struct DecidedHeader {
  std::string_view name;
  std::string_view value;
};

/// A key to put into a dynamic list once the message has been decided.
struct DecidedBan {
  DynamicListId list{};
  std::string_view key;  ///< as the list holds it (live.h)
  std::int64_t for_us = 0;
};

struct LogField {
  std::string_view key;
  std::string_view value;
};

enum class Outcome : std::uint8_t {
  pass,     ///< no terminal matched: the message goes on
  forward,  ///< `forward`: the message goes on
  respond,
  redirect,
  deny,
  drop,
  failed,  ///< a bound was reached while evaluating: answered 500, reason `rule_error`
};

/// Reused from message to message: `clear` keeps the vectors' memory.
struct Decision {
  Outcome outcome = Outcome::pass;
  RuleIndex rule = 0;        ///< the rule whose terminal ended the phase (respond … forward), or that failed
  std::uint16_t status = 0;  ///< respond redirect deny
  KeepQuery keep_query = KeepQuery::no;
  std::string_view location;  ///< redirect target, encoded, before keep_query
  bool has_body = false;
  std::string_view body;                 ///< escaped for the type that the answer's own block says; see `final_body`
  std::span<const TextPart> body_parts;  ///< what it is made of, where text of the request is in it
  Escaping escaping = Escaping::plain;   ///< what such text in `body` was escaped for
  std::string_view content_type;         ///< "" for the default
  std::vector<DecidedHeader> headers;
  std::vector<Edit> edits;         ///< in the order they were decided
  std::vector<RuleIndex> matched;  ///< all rules that matched, in order
  std::vector<RuleIndex> would;    ///< rules with `dry_run` that would have matched, in order
  std::vector<DecidedBan> bans;    ///< of the rules that matched, in order
  std::vector<LogField> log;
  bool has_origin = false;
  std::string_view origin;
  std::uint32_t dropped_control = 0;  ///< CR, LF and NUL dropped from header and log values

  void clear() {
    outcome = Outcome::pass;
    rule = 0;
    status = 0;
    keep_query = KeepQuery::no;
    location = body = content_type = origin = {};
    has_body = has_origin = false;
    body_parts = {};
    headers.clear();
    edits.clear();
    matched.clear();
    would.clear();
    bans.clear();
    log.clear();
    dropped_control = 0;
  }
};

}  // namespace sprx
