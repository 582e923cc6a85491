// What docs/reference.md shows of each word is so: declarations and actions compile, fields and functions have the
// values that it says for the request that it names.
#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <string>

#include "tests/tools/program.h"

namespace sprx::test {
namespace {

namespace json = boost::json;

constexpr const char* kRequest =
    R"("url":"https://www.Example.com:8443/Shop//b.JPG?id=7&tag=a+b&tag=c","client":"203.0.113.9",)"
    R"("at":"2026-01-01T00:00:00Z","upstream":{"status":200,"headers":{"Content-Type":"text/html; charset=utf-8",)"
    R"("Vary":"Accept","Set-Cookie":"session=s1"}})";
constexpr const char* kHeaders =
    R"("X-Test":["1","2"],"Cookie":"uid=u1","section-io-id":"r-1","section-io-geo-country-code":"AU",)"
    R"("section-io-geo-country-name":"Australia","section-io-geo-region-code":"NSW",)"
    R"("section-io-geo-region-name":"New South Wales","section-io-geo-city":"Sydney","section-io-geo-latlon":"-33.8,151.2",)"
    R"("section-io-geo-postal-code":"2000","section-io-geo-dma-code":"501","section-io-geo-asn":"64500")";

class Reference : public ::testing::Test {
 protected:
  static std::string text(const json::value& value, const char* key) { return std::string(value.at(key).as_string()); }
  json::array words(const char* kind) { return words_.at(kind).as_array(); }
  /// "" if `rules` compile, else what is wrong with them.
  std::string mistakes(const std::string& rules) {
    folder_.write("main.sprx", rules);
    return sprx({"check", "--contract", folder_.path().string()}).err;
  }
  /// What `use`, a value or a condition, comes to in a response rule for the request of the reference.
  std::string value_of(const std::string& use, bool condition, const std::string& header = "") {
    const std::string logged = condition ? "choose { " + use + " => \"true\"; else => \"false\"; }" : use;
    const std::string wrong = mistakes("response rule r { log v = " + logged + "; }");
    if (!wrong.empty()) return wrong;
    std::string headers = kHeaders;
    if (const std::size_t colon = header.find(": "); colon != std::string::npos)
      headers += ",\"" + header.substr(0, colon) + "\":\"" + header.substr(colon + 2) + "\"";
    const Finished done = sprx({"trace", folder_.path().string(), "--requests", "-"},
                               std::string("{") + kRequest + ",\"headers\":{" + headers + "}}");
    const json::object answer = json::parse(done.out).as_object();
    return answer.contains("log") ? text(answer.at("log"), "v") : done.out + done.err;
  }

  json::object words_ = json::parse(sprx({"doc", "--format", "json"}).out).as_object();
  Folder folder_;
};

TEST_F(Reference, the_examples_of_fields_have_the_values_that_it_says) {
  for (const json::value& field : words("fields")) {
    const json::value& example = field.at("example");
    const std::string value = text(example, "value");
    EXPECT_EQ(value_of(text(example, "use"), value == "true" || value == "false"), value) << text(example, "use");
  }
}

TEST_F(Reference, the_examples_of_functions_have_the_values_that_it_says) {
  for (const json::value& function : words("functions")) {
    const json::value& example = function.at("example");
    EXPECT_NE(text(example, "use").find(text(function, "name") + "("), std::string::npos);
    EXPECT_EQ(value_of(text(example, "use"), false, text(example, "header")), text(example, "value"))
        << text(example, "use");
  }
}

TEST_F(Reference, the_examples_of_actions_compile_in_the_phases_that_it_says) {
  constexpr const char* kDeclared =
      "dynamic list banned: ip { ttl 1h; }\nlimit api_limit { key client.ip; rate 10/s; }\n"
      "test t { get \"/\"; expect forward; }\n";
  for (const json::value& action : words("actions")) {
    const std::string use = text(action, "example");
    EXPECT_TRUE(use.starts_with(text(action, "name"))) << use;
    const std::string rest = text(action, "kind") == "guard" ? " deny 404; }\n" : " }\n";
    const std::string rule = std::string(kDeclared) + "rule r { when path == \"/a\"; " + use + rest;
    const std::string response_rule = std::string(kDeclared) + "response rule r { when path == \"/a\"; " + use + rest;
    EXPECT_EQ(mistakes(rule), "");
    EXPECT_EQ(mistakes(response_rule).empty(), text(action, "phase") == "both") << use;
  }
}

TEST_F(Reference, the_declarations_compile_together) {
  folder_.write("legacy.tsv", "/a\t/b\n");
  folder_.write("cases.tsv", "/a\t301\t/b\n");
  std::string all;
  for (const json::value& declaration : words("declarations")) all += text(declaration, "use") + "\n";
  EXPECT_EQ(mistakes(all), "");
}

}  // namespace
}  // namespace sprx::test
