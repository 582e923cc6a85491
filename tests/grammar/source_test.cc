#include "grammar/source.h"

#include <gtest/gtest.h>

namespace sprx {
namespace {

TEST(SourceFile, LocatesLinesAndColumnsInCharacters) {
  SourceSet set;
  const SourceFile& file = set[set.add("a", "ab\n\xC3\xA9x\r\n\xE6\x97\xA5\n\xFFz")];
  EXPECT_EQ(file.locate(0), (LineColumn{1, 1}));
  EXPECT_EQ(file.locate(2), (LineColumn{1, 3}));
  EXPECT_EQ(file.locate(3), (LineColumn{2, 1}));
  EXPECT_EQ(file.locate(5), (LineColumn{2, 2}));
  EXPECT_EQ(file.locate(4), (LineColumn{2, 1}));  // inside a character
  EXPECT_EQ(file.locate(8), (LineColumn{3, 1}));
  EXPECT_EQ(file.locate(11), (LineColumn{3, 2}));
  EXPECT_EQ(file.locate(13), (LineColumn{4, 2}));  // after a stray byte
  EXPECT_EQ(file.locate(1000), (LineColumn{4, 3}));
  EXPECT_EQ(file.line(2), "\xC3\xA9x");
  EXPECT_EQ(file.line(4), "\xFFz");
  EXPECT_EQ(file.line(0), "");
  EXPECT_EQ(file.line(5), "");
}

TEST(SourceFile, GivesAByteOrderMarkNoColumn) {
  SourceSet set;
  const SourceFile& file = set[set.add("a", "\xEF\xBB\xBFrule")];
  EXPECT_EQ(file.locate(3), (LineColumn{1, 1}));
  EXPECT_EQ(file.locate(7), (LineColumn{1, 5}));
  EXPECT_EQ(file.locate(0), (LineColumn{1, 1}));
}

TEST(SourceFile, OfNoBytesHasOneEmptyLine) {
  SourceSet set;
  const SourceFile& file = set[set.add("a", "")];
  EXPECT_EQ(file.locate(0), (LineColumn{1, 1}));
  EXPECT_EQ(file.line(1), "");
  EXPECT_EQ(file.line_starts.size(), 1u);
}

TEST(SourceSet, GivesTheTextOfASpan) {
  SourceSet set;
  const FileId a = set.add("a", "first");
  const FileId b = set.add("b", "second");
  EXPECT_EQ(set.text({a, 1, 3}), "ir");
  EXPECT_EQ(set.text({b, 0, 100}), "second");
  EXPECT_EQ(set.text({b, 4, 4}), "");
  EXPECT_EQ(set.text({b, 50, 60}), "");
  EXPECT_EQ(set.text({}), "");
  EXPECT_EQ(set.text({FileId{7}, 0, 1}), "");
  EXPECT_EQ(set.size(), 2u);
}

TEST(SourceSet, IsFullAtItsLimit) {
  SourceSet set;
  for (std::size_t i = 0; i < SourceSet::kMaxFiles - 1; ++i) {
    set.add("", "");
  }
  EXPECT_FALSE(set.full());
  set.add("", "");
  EXPECT_TRUE(set.full());
}

}  // namespace
}  // namespace sprx
