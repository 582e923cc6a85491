#include <algorithm>
#include <gtest/gtest.h>
#include <set>

#include "compiler/diagnostics.h"
#include "compiler/explain_pages.h"

namespace sprx {
namespace {

TEST(Explain, gives_the_page_of_a_code) {
  const std::string page = explain_page("E0002");
  EXPECT_EQ(page.substr(0, page.find('\n')), "# E0002: missing `;`");
  EXPECT_EQ(explain_page("E9999"), "");
  EXPECT_EQ(explain_page(""), "");
}

TEST(Explain, pages_are_of_known_codes_and_have_their_titles) {
  std::set<std::string_view> codes;
  for (const ExplainPage& page : explain_pages()) {
    EXPECT_TRUE(codes.insert(page.code).second) << page.code;
    const auto& kinds = all_kinds();
    const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const KindInfo& k) { return k.code == page.code; });
    ASSERT_NE(kind, kinds.end()) << page.code << " has a page but is no code";
    const std::string head = "# " + std::string(page.code) + ": " + std::string(kind->title) + "\n";
    EXPECT_EQ(page.text.substr(0, head.size()), head);
  }
  EXPECT_FALSE(codes.empty());
}

TEST(Explain, has_a_page_for_every_code) {
  for (const KindInfo& kind : all_kinds()) EXPECT_NE(explain_page(kind.code), "") << kind.code;
}

TEST(Explain, pages_have_a_wrong_and_a_right_example) {
  for (const ExplainPage& page : explain_pages()) {
    std::size_t wrong = 0;
    std::size_t right = 0;
    for (const ExplainExample& example : explain_examples(page.text)) ++(example.wrong ? wrong : right);
    EXPECT_GE(wrong, 1U) << page.code;
    EXPECT_GE(right, 1U) << page.code;
  }
}

TEST(Explain, examples_are_the_marked_blocks) {
  const auto examples =
      explain_examples("# T\n```sprx wrong\na\n\nb\n```\n```\nnot one\n```\n```tsv right t.tsv\nk\tv\n```\n");
  ASSERT_EQ(examples.size(), 2U);
  EXPECT_EQ(examples[0].file, "main.sprx");
  EXPECT_TRUE(examples[0].wrong);
  EXPECT_EQ(examples[0].text, "a\n\nb\n");
  EXPECT_EQ(examples[1].file, "t.tsv");
  EXPECT_FALSE(examples[1].wrong);
  EXPECT_EQ(examples[1].text, "k\tv\n");
}

}  // namespace
}  // namespace sprx
