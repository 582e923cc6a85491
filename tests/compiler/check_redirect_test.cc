// Where client text may stand in a redirect target (section 6 of the language): each row is a condition, a target and
// the codes.
#include <gtest/gtest.h>

#include "tests/compiler/check_support.h"

namespace sprx::testing {
namespace {

struct Row {
  const char* name;
  const char* when;
  const char* target;
  const char* codes;
};

constexpr const char* kPreamble =
    "list hosts: host = [\"a.example\", \"b.example\"];\n"
    "list urls: string = [\"https://a.example/x\", \"/y\"];\n"
    "list sites: domain = [\"a.example\"];\n"
    "table tld: string -> string = { \"de\" => \".de\"; };\n"
    "table moved: path -> string = { \"/a\" => \"https://a.example/\"; \"/b\" => \"/c\"; };\n"
    "let base = choose { path == \"/x\" => \"https://a.example\"; else => \"https://b.example\"; };\n"
    "let evil = \"https://a.example/${query[\"q\"]}\";\n"
    "rule uses { when host in hosts or header[\"X\"] in urls or host in sites or exists tld[\"de\"] or path in moved "
    "or base == evil; log a = \"b\"; }\n";

class RedirectTarget : public ::testing::TestWithParam<Row> {};

TEST_P(RedirectTarget, IsAcceptedOrRefused) {
  const Row& row = GetParam();
  const std::string rule = std::string("rule r { when ") + row.when + "; redirect 302 " + row.target + "; }\n";
  const Checked checked = check_text(kPreamble + rule);
  // That some of these lead back to themselves is for another pass to say.
  std::string codes = checked.codes;
  if (const std::size_t loop = codes.find("E4006"); loop != std::string::npos) codes.erase(loop, 5);
  EXPECT_EQ(codes, row.codes) << rule << checked.report;
}

constexpr Row kRows[] = {
    {"OwnText", "path == \"/x\"", "\"https://a.example/y\"", ""},
    {"HostAndUri", "path == \"/x\"", "\"https://${host}${uri}\"", ""},
    {"SchemeHostPort", "path == \"/x\"", "\"${scheme}://${host}:${port}${uri}\"", ""},
    {"PathAtTheStart", "path == \"/x\"", "path", ""},
    {"LowerOfAKnownPath", "path == \"/X\"", "lower(path)", ""},
    {"LowerOfPath", "path matches r\"[A-Z]\"", "lower(path)", ""},
    {"UpperOfUri", "path under \"/up\"", "upper(uri)", ""},
    {"LowerOfPathAfterAHost", "path under \"/x\"", "\"https://a.example${lower(path)}\"", ""},
    {"LowerOfAHeader", "exists header[\"x\"]", "lower(header[\"x\"])", "E4002"},
    {"ReplaceInAPath", "path under \"/x\"", "replace(path, \"/x\", \"\")", "E4002"},
    {"UriAtTheStart", "path == \"/x\"", "\"${uri}\"", ""},
    {"ClientTextInThePath", "exists query[\"q\"]", "\"/s/${query[\"q\"]}\"", ""},
    {"ClientTextInTheQuery", "exists query[\"q\"]", "\"/s?q=${query[\"q\"]}\"", ""},
    {"ClientTextInTheFragment", "exists query[\"q\"]", "\"/s#${query[\"q\"]}\"", ""},
    {"TableRow", "path in moved", "moved[path]", ""},
    {"TableInTheHost", "exists tld[\"de\"]", "\"https://a${tld[\"de\"]}/\"", ""},
    {"LetOfLiterals", "path == \"/x\"", "\"${base}/y\"", ""},
    {"LetWithClientTextAfterItsHost", "path == \"/x\"", "evil", ""},
    {"CaptureOfHost", "host like \"{sub}.a.example\"", "\"https://${sub}.b.example${uri}\"", ""},
    {"PatternCaptureOfHost", "host matches r\"^(?<sub>[^.]+)[.]\"", "\"https://${sub}.b.example${uri}\"", ""},
    {"PatternCaptureOfAHostAsAHost", "host matches r\"^www\\.(?<rest>.+)$\"", "\"https://${rest}${uri}\"", ""},
    {"PatternCaptureOfAHostInAGroup", "host matches r\"^(?:www\\.(?<rest>\\w+[.]de))$\"", "\"https://${rest}/\"", ""},
    {"PatternCaptureOfAHostRepeated", "host matches r\"^((?<rest>[[:alpha:])]{2,})[.]?)+$\"", "\"https://${rest}/\"",
     ""},
    {"LowerOfHost", "path == \"/x\"", "\"https://${replace(host, \"www.\", \"\")}${uri}\"", ""},
    {"RestOfWholePath", "path like \"{rest...}\"", "\"https://a.example${rest}\"", ""},
    {"RestAfterSlash", "path like \"/old/{rest...}\"", "\"https://a.example/${rest}\"", ""},
    {"PatternThatBeginsWithSlash", "path matches r\"^/old(?<rest>/.*)$\"", "\"https://a.example${rest}\"", ""},
    {"EnumeratedCapture", "path like \"/{lang:en|de}/x\"", "\"https://${lang}.a.example/\"", ""},
    {"EnumeratedPatternCapture", "path matches r\"^/(?<lang>en|de)/x\"", "\"https://${lang}.a.example/\"", ""},
    {"ProvenByList", "query[\"h\"] in hosts", "\"https://${query[\"h\"]}/\"", ""},
    {"ProvenByInlineList", "query[\"h\"] in [\"a.example\", \"b.example\"]", "\"https://${query[\"h\"]}/\"", ""},
    {"WholeUrlProvenByList", "header[\"X\"] in urls", "header[\"X\"]", ""},
    {"ProvenByEquality", "query[\"h\"] == \"a.example\"", "\"https://${query[\"h\"]}/\"", ""},
    {"ProvenByDomainList", "url_host(header[\"X\"]) in sites", "\"https://${url_host(header[\"X\"])}/\"", ""},
    {"DefaultThatIsOwn", "path == \"/x\"", "moved[path] \?\? \"/z\"", ""},

    {"QueryAsHost", "exists query[\"h\"]", "\"https://${query[\"h\"]}/\"", "E4001"},
    {"QueryInsideHost", "exists query[\"h\"]", "\"https://${query[\"h\"]}.a.example/\"", "E4001"},
    {"QueryAsTarget", "exists query[\"u\"]", "query[\"u\"]", "E4002"},
    {"HeaderAsTarget", "exists header[\"Referer\"]", "header[\"Referer\"]", "E4002"},
    {"DecodedPathAsTarget", "path like \"/go/{url...}\"", "url", "E4002"},
    {"EncodedQueryAsTarget", "exists query[\"u\"]", "url_encode(query[\"u\"])", "E4002"},
    {"RestThatNeedNotBeginWithSlash", "path like \"/go{rest...}\"", "\"https://a.example${rest}\"", "E4003"},
    {"CaptureOfUri", "uri matches r\"^/go(?<rest>.*)$\"", "\"https://a.example${rest}\"", "E4003"},
    {"RawQueryAfterHost", "path == \"/x\"", "\"https://a.example${raw_query}\"", "E4003"},
    {"PatternCaptureThatMayBeEmpty", "host matches r\"^www\\.(?<rest>.*)$\"", "\"https://${rest}/\"", "E4004"},
    {"PatternCaptureLeftOut", "host matches r\"^www\\.(?<rest>.+)?$\"", "\"https://${rest}/\"", "E4004"},
    {"PatternCaptureInAGroupLeftOut", "host matches r\"^www(\\.(?<rest>.+)){0,1}$\"", "\"https://${rest}/\"", "E4004"},
    {"PatternCaptureInAnAlternative", "host matches r\"^www[.]|(?<rest>.+)$\"", "\"https://${rest}/\"", "E4004"},
    {"PatternCaptureInAGroupsAlternative", "host matches r\"^(?:a|(?<rest>.+))$\"", "\"https://${rest}/\"", "E4004"},
    {"PatternCaptureOfAnEnd", "host matches r\"^www(?<rest>$|x)\"", "\"https://${rest}/\"", "E4004"},
    {"PatternCaptureBehindAClass", "host matches r\"^(?:[[:alpha:])](?<rest>b+))?\"", "\"https://${rest}/\"", "E4004"},
    {"PatternCaptureOfAPathAsAHost", "path matches r\"^/(?<rest>.+)$\"", "\"https://${rest}/\"", "E4001"},
    {"OptionalSlash", "uri matches r\"^/go(?<rest>/?.*)$\"", "\"https://a.example${rest}\"", "E4003"},
    {"AlternativesOneWithoutSlash", "uri matches r\"^/go(?<rest>/.*|.*)$\"", "\"https://a.example${rest}\"", "E4003"},
    {"EmptyCaptureThenClientText", "path like \"/go[/{a:x|y}]\" and exists query[\"u\"]",
     "\"https://a.example${a}${query[\"u\"]}\"", "E4003"},
    {"ListThatOnlyContains", "query[\"h\"] contains hosts", "\"https://${query[\"h\"]}/\"", "E4001"},
    {"NegatedProof", "query[\"h\"] not in hosts and exists query[\"h\"]", "\"https://${query[\"h\"]}/\"", "E4001"},
    {"ProofOnOneSideOfOr", "query[\"h\"] in hosts or exists query[\"h\"]", "\"https://${query[\"h\"]}/\"", "E4001"},
    {"ProofOfAnotherValue", "query[\"g\"] in hosts and exists query[\"h\"]", "\"https://${query[\"h\"]}/\"", "E4001"},
    {"ClientTextAfterOwnPort", "exists query[\"p\"]", "\"https://a.example:${query[\"p\"]}/\"", "E4003"},
    {"SchemeOfClient", "exists query[\"s\"]", "\"${query[\"s\"]}://a.example/\"", "E4002"},
    {"HostWithoutScheme", "path == \"/x\"", "\"${host}/y\"", "E4004"},
    {"RelativeWithoutSlash", "path == \"/x\"", "\"y\"", "E4004"},
    {"UserInfo", "path == \"/x\"", "\"https://a.example@b.example/\"", "E4004"},
    {"BackslashAfterHost", "path == \"/x\"", "\"https://a.example\\\\b\"", "E4004"},
    {"OnlyAScheme", "path == \"/x\"", "\"https://\"", "E4004"},
    {"Empty", "path == \"/x\"", "\"\"", "E4004"},
    {"AbsentTable", "path == \"/x\"", "moved[path]", "E2019"},
    {"DefaultThatIsClientText", "exists query[\"u\"]", "moved[path] \?\? query[\"u\"]", "E4002"},
};

INSTANTIATE_TEST_SUITE_P(Rows, RedirectTarget, ::testing::ValuesIn(kRows),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace sprx::testing
