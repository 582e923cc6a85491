#include "compiler/diagnostics.h"

#include <gtest/gtest.h>
#include <set>

namespace sprx {
namespace {

std::string order(const DiagnosticList& list) {
  std::string out;
  for (const Diagnostic& d : list.all()) out += (out.empty() ? "" : " ") + d.message;
  return out;
}

TEST(Kinds, have_unique_codes_of_their_family_and_titles) {
  std::set<std::string_view> codes;
  for (const KindInfo& kind : all_kinds()) {
    EXPECT_TRUE(codes.insert(kind.code).second) << kind.code << " twice";
    ASSERT_EQ(kind.code.size(), 5U) << kind.code;
    EXPECT_EQ(kind.code[0], kind.severity == Severity::error ? 'E' : 'L') << kind.code;
    for (const char c : kind.code.substr(1)) EXPECT_TRUE(c >= '0' && c <= '9') << kind.code;
    EXPECT_FALSE(kind.title.empty()) << kind.code;
    EXPECT_EQ(info(kind.id).code, kind.code);
  }
  EXPECT_GE(codes.size(), 40U);
}

TEST(DiagnosticList, sorts_by_file_name_and_place) {
  SourceSet sources;
  const FileId b = sources.add("b.sprx", std::string(100, 'x'));
  const FileId a = sources.add("a.sprx", std::string(100, 'x'));
  DiagnosticList list;
  list.add(Kind::syntax_unexpected, {b, 5, 6}, "b5");
  list.add(Kind::unused_name, {b, 1, 9}, "b1-9");
  list.add(Kind::syntax_unexpected, {b, 1, 2}, "b1");
  list.add(Kind::syntax_unexpected, {a, 50, 60}, "a");
  list.add(Kind::syntax_unexpected, {}, "none");
  list.sort(sources);
  EXPECT_EQ(order(list), "none a b1 b1-9 b5");
}

TEST(DiagnosticList, keeps_the_first_of_one_kind_at_one_place) {
  SourceSet sources;
  const FileId a = sources.add("a.sprx", "xxxx");
  DiagnosticList list;
  list.add(Kind::syntax_unexpected, {a, 1, 2}, "first");
  list.add(Kind::syntax_unexpected, {a, 1, 2}, "again");
  list.add(Kind::unused_name, {a, 1, 2}, "lint");
  list.add(Kind::unused_name, {a, 1, 2}, "lint again");
  list.add(Kind::syntax_unexpected, {}, "p");
  list.add(Kind::syntax_unexpected, {}, "q");
  EXPECT_EQ(list.errors(), 4U);
  EXPECT_EQ(list.lints(), 2U);
  list.sort(sources);
  EXPECT_EQ(order(list), "p q first lint");
  EXPECT_EQ(list.errors(), 3U);
  EXPECT_EQ(list.lints(), 1U);
}

TEST(DiagnosticList, keeps_so_many_and_counts_the_rest) {
  SourceSet sources;
  const FileId a = sources.add("a.sprx", "x");
  DiagnosticList list;
  for (std::uint32_t i = 0; i < DiagnosticList::kMaxDiagnostics; ++i) list.add(Kind::syntax_unexpected, {a, i, i}, "m");
  EXPECT_EQ(list.all().size(), DiagnosticList::kMaxDiagnostics);
  list.add(Kind::syntax_unexpected, {a, 0, 0}, "past").help("goes nowhere");
  EXPECT_EQ(list.all().size(), DiagnosticList::kMaxDiagnostics);
  EXPECT_EQ(list.errors(), DiagnosticList::kMaxDiagnostics + 1);
  list.sort(sources);
  const std::string report = render(list, sources, {});
  EXPECT_EQ(report.substr(report.rfind("\n\n") + 2),
            "9981 more not shown (--max-errors 0 shows all)\n10001 errors; see sprx explain E0001\n");
}

TEST(DiagnosticList, drops_lints_or_makes_them_errors) {
  DiagnosticList list;
  EXPECT_FALSE(list.has_errors());
  list.add(Kind::unused_name, {}, "lint");
  EXPECT_FALSE(list.has_errors());
  DiagnosticList denied = list;
  list.drop_lints();
  EXPECT_EQ(list.all().size(), 0U);
  EXPECT_EQ(list.lints(), 0U);
  denied.deny_lints();
  EXPECT_TRUE(denied.has_errors());
  EXPECT_EQ(denied.errors(), 1U);
  EXPECT_EQ(denied.lints(), 0U);
  EXPECT_EQ(render(denied, {}, {}), "error[L0001]: lint\n\n1 error; see sprx explain L0001\n");
  denied.drop_lints();
  EXPECT_EQ(denied.errors(), 1U);
}

}  // namespace
}  // namespace sprx
