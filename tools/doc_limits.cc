// The tables of docs/limits.md: what bounds a message or a connection, and what the client gets past it. Numbers,
// statuses and words come from the code that enforces them.
#include <algorithm>
#include <fmt/format.h>

#include "runtime/buffer.h"
#include "runtime/decide/live.h"
#include "runtime/http/chunked.h"
#include "runtime/http/reason.h"
#include "runtime/limits.h"
#include "runtime/log_writer.h"
#include "runtime/messages.h"
#include "runtime/metrics.h"
#include "runtime/metrics_listener.h"
#include "tools/doc.h"
#include "tools/folder_print.h"

namespace sprx {
namespace {

/// What becomes of the client's connection.
enum class Fate : std::uint8_t {
  closed_after,  ///< an answer, then the end
  kept,          ///< an answer, and the connection goes on
  cut,           ///< the response breaks off
  closed,        ///< no answer
  goes_on,       ///< nothing that the client would notice
};

struct SettingLimit {
  Setting setting;
  Reason reason;  ///< gives the status and the word in the log; none: neither
  Fate fate;
  std::string_view cases;  ///< names in testdata/http; `TEST` names of tests/ begin with a capital
};

constexpr SettingLimit kSettingLimits[] = {
    {Setting::limit_uri_size, Reason::uri_too_long, Fate::closed_after, "limit-uri-at limit-uri-past"},
    {Setting::limit_header_line, Reason::header_too_large, Fate::closed_after,
     "limit-header-line-at limit-header-line-past"},
    {Setting::limit_header_count, Reason::too_many_headers, Fate::closed_after,
     "limit-header-count-at limit-header-count-past"},
    {Setting::limit_head_size, Reason::head_too_large, Fate::closed_after, "limit-head-size-past"},
    {Setting::limit_response_head_size, Reason::upstream_head_too_large, Fate::kept, "limit-response-head"},
    {Setting::limit_connections, Reason::connection_limit, Fate::closed_after,
     "Limits.ConnectionsPastTheirNumberGet503"},
    {Setting::limit_connections_per_client, Reason::connection_limit, Fate::closed_after,
     "limit-connections-per-peer limit-connections-frees"},
    {Setting::limit_buffer_memory, Reason::buffer_limit, Fate::closed_after,
     "Limits.RequestsPastTheMemoryForBuffersGet503AndAreServedAgainLater"},
    {Setting::client_max_requests, Reason::none, Fate::closed_after, "limit-requests-of-a-connection"},
    {Setting::client_head_timeout, Reason::head_timeout, Fate::closed_after, "timeout-head timeout-head-drips"},
    {Setting::client_body_timeout, Reason::body_timeout, Fate::closed_after,
     "timeout-request-body timeout-request-body-chunked"},
    {Setting::client_write_timeout, Reason::client_write_timeout, Fate::cut, "timeout-client-does-not-read"},
    {Setting::client_idle_timeout, Reason::none, Fate::closed, "timeout-nothing-sent timeout-idle-after-request"},
    {Setting::client_half_close_timeout, Reason::client_closed, Fate::closed,
     "MemoryProxyTest.AHalfClosedClientIsServedForAsLongAsItsSetting"},
    {Setting::client_continue_timeout, Reason::none, Fate::goes_on, "expect-continue-origin-answers-without-100"},
    {Setting::client_linger_timeout, Reason::none, Fate::closed, "limit-refused-even-with-body"},
    {Setting::upstream_connect_timeout, Reason::connect_timeout, Fate::kept, "timeout-connect"},
    {Setting::upstream_response_timeout, Reason::upstream_response_timeout, Fate::kept,
     "timeout-response-head timeout-response-head-begun"},
    {Setting::upstream_read_timeout, Reason::upstream_read_timeout, Fate::cut,
     "timeout-response-body timeout-response-body-chunked"},
    {Setting::upstream_write_timeout, Reason::upstream_write_timeout, Fate::closed_after,
     "MemoryProxyTest.AnOriginThatStopsTakingTheRequestIsA504"},
    {Setting::upstream_idle_timeout, Reason::none, Fate::goes_on, "timeout-origin-idle"},
    {Setting::upstream_max_idle, Reason::none, Fate::goes_on, "MemoryProxyTest.KeepsNoMoreIdleConnectionsThanItMay"},
    {Setting::tunnel_idle_timeout, Reason::none, Fate::closed, "timeout-tunnel"},
};

struct ConstantLimit {
  std::string_view what;
  std::uint64_t value;
  std::string_view unit;
  std::string_view past;
  std::string_view cases;
};

constexpr ScrapeLimits kScrape;

const ConstantLimit kConstantLimits[] = {
    {"line of a chunk's size, with its extensions", ChunkedDecoder::kLineLimit, "bytes", "400 `bad_chunk`, closed",
     "chunk-extension-too-long"},
    {"extensions of all chunks of a body", ChunkedDecoder::kExtensionLimit, "bytes", "400 `bad_chunk`, closed",
     "chunk-extensions-too-long-in-all"},
    {"trailer section", ChunkedDecoder::kTrailerLimit, "bytes", "400 `bad_chunk`, closed", "chunk-trailers-too-big"},
    {"Content-Length, and a chunk's size", INT64_MAX, "bytes", "400 `bad_framing` or `bad_chunk`, closed",
     "framing-content-length-overflow-63 chunk-size-overflow-63"},
    {"empty lines before a request line", kEmptyLinesSkipped, "lines", "400 `bad_request_line`, closed",
     "line-empty-lines-before line-many-empty-lines-before"},
    {"1xx responses to one request", kInterimLimit, "responses", "502 `upstream_bad_response`",
     "MemoryProxyTest.PassesAsManyInterimResponsesAsItMayAndNoMore"},
    {"body of a request that was answered here, read so that the connection can be kept", kDiscarded, "bytes", "closed",
     "MemoryProxyTest.ReadsAShortBodyForNothingAndNotALongOne"},
    {"connections past `connections` that are told so", kRefusalsOpen, "connections", "closed at once",
     "MemoryProxyTest.ConnectionsFarPastTheLimitAreJustClosed"},
    {"conversations at a time on the control socket", kControlConversations, "connections", "they wait",
     "Control.ConversationsPastTheirNumberWait"},
    {"arguments of a platform's message", kMessageLimit, "bytes", "refused with the reason",
     "Messages.SayInOneLineWhatIsWrong"},
    {"a key of a dynamic list", kMaxLiveKey, "bytes", "refused with the reason; a `ban` of a rule does nothing",
     "Messages.SayInOneLineWhatIsWrong Ban.is_part_of_the_decision_with_a_key_that_the_list_can_hold"},
    {"peers at a time on the metrics port", kScrape.connections, "connections",
     "the oldest that is not being answered makes room", "MetricsPort.WhoSendsNoRequestMakesRoomForWhoDoes"},
    {"request on the metrics port", kScrape.head, "bytes", "431, closed",
     "MetricsPort.ARequestAtTheBoundIsAnsweredAndOnePastItIsNot"},
    {"what a peer there may send after its request", kScrape.discarded, "bytes", "closed",
     "MetricsPort.WhoSendsMoreThanItsRequestIsReadUpToABound"},
    {"time for a request there", static_cast<std::uint64_t>(kScrape.request), "ms", "closed",
     "MetricsPort.AnUnfinishedRequestEndsWithItsTime"},
    {"time for its answer to be taken", static_cast<std::uint64_t>(kScrape.answer), "ms", "closed",
     "MetricsPort.WhoDoesNotReadTheAnswerLosesItAndOthersAreServed"},
    {"rules with series of their own in the metrics", kRuleSeries, "rules", "counted together as `(others)`",
     "RuleHits.PastTheBoundAreCountedTogether"},
    {"entries of the configuration directory that `--watch` looks at", kMaxWatchedEntries, "entries",
     "said once in `error.log`; changes are not seen",
     "FolderPrint.of_as_many_entries_as_it_may_have_is_a_number_and_of_one_more_is_not"},
    {"access lines that wait for the disk", LogWriter::kWaitingBytes, "bytes", "lines are dropped and counted",
     "LogWriterTest.LinesPastWhatMayWaitAreDroppedAndCounted"},
    {"buffer of a client connection that waits", kHeadBlock, "bytes", "", ""},
    {"buffer of a body on its way, one a direction", kRelayBlock, "bytes", "the sender waits",
     "stream-slow-client-holds-origin-back stream-slow-origin-holds-client-back"},
};

std::string fate_text(Fate fate) {
  constexpr std::string_view kTexts[] = {"closed", "goes on", "cut short", "closed", "goes on"};
  return std::string(kTexts[static_cast<std::size_t>(fate)]);
}

std::string status_text(const SettingLimit& limit) {
  const std::uint16_t status = info(limit.reason).status;
  return limit.reason == Reason::none || status == 0 ? "–" : fmt::format("{}", status);
}

std::string code_list(std::string_view names) {
  std::string out;
  while (!names.empty()) {
    const std::size_t end = std::min(names.find(' '), names.size());
    out += fmt::format("{}`{}`", out.empty() ? "" : " ", names.substr(0, end));
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return out;
}

}  // namespace

std::string limits_tables() {
  std::string out =
      "| setting | default | from | to | what it bounds | status past it | the client's connection | `error` in the "
      "log "
      "| held by |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n";
  for (const SettingLimit& limit : kSettingLimits) {
    const SettingInfo& setting = info(limit.setting);
    out += fmt::format("| `{} {{ {} }}` | {} | {} | {} | {} | {} | {} | {} | {} |\n", setting.section, setting.name,
                       value_text(setting, setting.fallback), value_text(setting, setting.least),
                       value_text(setting, setting.most), setting.doc, status_text(limit), fate_text(limit.fate),
                       limit.reason == Reason::none ? "–" : fmt::format("`{}`", info(limit.reason).word),
                       code_list(limit.cases));
  }
  out += "\nWhat no setting moves:\n\n| bound | value | | past it | held by |\n| --- | --- | --- | --- | --- |\n";
  for (const ConstantLimit& limit : kConstantLimits) {
    out += fmt::format("| {} | {} | {} | {} | {} |\n", limit.what, limit.value, limit.unit, limit.past,
                       code_list(limit.cases));
  }
  return out;
}

}  // namespace sprx
