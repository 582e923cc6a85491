#include "tests/runtime/script_test.h"

namespace sprx {

TEST_P(ScriptTest, GivesTheseBytesOnBothSides) { EXPECT_EQ(play(GetParam(), 0), ""); }

TEST_P(ScriptTest, GivesTheSameReadByteByByte) { EXPECT_EQ(play(GetParam(), 1), ""); }

}  // namespace sprx
