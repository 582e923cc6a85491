// Comparing a head that came in with the one that a case expects, after the documented normalisation
// (testdata/http/README.md): what every proxy of a kind adds is checked and taken away, everything else is compared
// byte for byte and in order.
#pragma once

#include <optional>
#include <string>

#include "http/message_reader.h"

namespace sprx::http_suite {

enum class Strictness : unsigned char {
  exact,  ///< sprx: order, case and duplicates count, and what it adds has to be there
  loose,  ///< peers: start line and the set of fields that both know, any case; what a proxy may add or reword is left
          ///< aside
};

/// What is known of the proxy that made a head.
struct Expectations {
  Strictness strictness = Strictness::exact;
  bool via = true;  ///< it adds Via and Proxy-Status
};

/// `received_by`: the origin reads requests, the client responses. Nothing where the heads agree, else in what they
/// differ.
[[nodiscard]] std::optional<std::string> compare_heads(const Head& expected, const Head& actual, Side received_by,
                                                       const Expectations& expects);

/// An answer made by the proxy itself. `status` is `400` or `400|501`; `want` may be empty or an RFC 9209 error type.
[[nodiscard]] std::optional<std::string> check_made_answer(const Head& head, const std::string& body,
                                                           const std::string& status, const std::string& want,
                                                           const Expectations& expects);

/// Whether `status` is one of `list`, which is like `400|501`; `any` holds all.
[[nodiscard]] bool is_one_of(const std::string& status, const std::string& list);

}  // namespace sprx::http_suite
