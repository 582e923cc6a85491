#include "runtime/decide/status.h"

#include <algorithm>
#include <array>

namespace sprx {
namespace {

struct Phrase {
  std::uint16_t status;
  std::string_view text;  // ends with a newline
};

/// The registry of RFC 9110 section 16.2.1 and its later entries, from 200 on.
constexpr auto kPhrases = std::to_array<Phrase>({
    {200, "OK\n"},
    {201, "Created\n"},
    {202, "Accepted\n"},
    {203, "Non-Authoritative Information\n"},
    {204, "No Content\n"},
    {205, "Reset Content\n"},
    {206, "Partial Content\n"},
    {207, "Multi-Status\n"},
    {208, "Already Reported\n"},
    {226, "IM Used\n"},
    {300, "Multiple Choices\n"},
    {301, "Moved Permanently\n"},
    {302, "Found\n"},
    {303, "See Other\n"},
    {304, "Not Modified\n"},
    {305, "Use Proxy\n"},
    {307, "Temporary Redirect\n"},
    {308, "Permanent Redirect\n"},
    {400, "Bad Request\n"},
    {401, "Unauthorized\n"},
    {402, "Payment Required\n"},
    {403, "Forbidden\n"},
    {404, "Not Found\n"},
    {405, "Method Not Allowed\n"},
    {406, "Not Acceptable\n"},
    {407, "Proxy Authentication Required\n"},
    {408, "Request Timeout\n"},
    {409, "Conflict\n"},
    {410, "Gone\n"},
    {411, "Length Required\n"},
    {412, "Precondition Failed\n"},
    {413, "Content Too Large\n"},
    {414, "URI Too Long\n"},
    {415, "Unsupported Media Type\n"},
    {416, "Range Not Satisfiable\n"},
    {417, "Expectation Failed\n"},
    {421, "Misdirected Request\n"},
    {422, "Unprocessable Content\n"},
    {423, "Locked\n"},
    {424, "Failed Dependency\n"},
    {425, "Too Early\n"},
    {426, "Upgrade Required\n"},
    {428, "Precondition Required\n"},
    {429, "Too Many Requests\n"},
    {431, "Request Header Fields Too Large\n"},
    {451, "Unavailable For Legal Reasons\n"},
    {500, "Internal Server Error\n"},
    {501, "Not Implemented\n"},
    {502, "Bad Gateway\n"},
    {503, "Service Unavailable\n"},
    {504, "Gateway Timeout\n"},
    {505, "HTTP Version Not Supported\n"},
    {506, "Variant Also Negotiates\n"},
    {507, "Insufficient Storage\n"},
    {508, "Loop Detected\n"},
    {511, "Network Authentication Required\n"},
});

}  // namespace

std::string_view status_line_text(std::uint16_t status) {
  const auto place = std::lower_bound(kPhrases.begin(), kPhrases.end(), status,
                                      [](const Phrase& phrase, std::uint16_t s) { return phrase.status < s; });
  return place != kPhrases.end() && place->status == status ? place->text : "Refused\n";
}

std::string_view reason_phrase(std::uint16_t status) {
  const std::string_view text = status_line_text(status);
  return text == "Refused\n" ? std::string_view{} : text.substr(0, text.size() - 1);
}

}  // namespace sprx
