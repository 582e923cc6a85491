// FramePool: frames come back, within bounds, and sizes are not mixed up.
#include "runtime/frame_pool.h"

#include <cstring>
#include <gtest/gtest.h>
#include <set>
#include <vector>

namespace sprx {
namespace {

class FramePoolTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!FramePool::keeps_frames()) GTEST_SKIP() << "under a sanitizer no frame is kept";
  }
  FramePool pool;
};

TEST_F(FramePoolTest, GivesAFrameOutAgainToWhoeverWantsOneOfItsStep) {
  void* const frame = pool.take(kFrameStep + 1);
  std::memset(frame, 1, 2 * kFrameStep);  // the whole step is there
  pool.give(frame, kFrameStep + 1);
  EXPECT_EQ(pool.kept(), 1U);
  void* const small = pool.take(kFrameStep);
  EXPECT_NE(small, frame);
  EXPECT_EQ(pool.take(2 * kFrameStep), frame);
  EXPECT_EQ(pool.kept(), 0U);
  pool.give(small, kFrameStep);
  pool.give(frame, 2 * kFrameStep);
}

TEST_F(FramePoolTest, KeepsSoManyOfASizeAndNoMore) {
  std::vector<void*> frames;
  for (std::size_t i = 0; i <= kKeptFrames; ++i) frames.push_back(pool.take(100));
  EXPECT_EQ(std::set<void*>(frames.begin(), frames.end()).size(), kKeptFrames + 1);
  for (void* frame : frames) pool.give(frame, 100);
  EXPECT_EQ(pool.kept(), kKeptFrames);
}

TEST_F(FramePoolTest, KeepsTheLargestSizeAndNoneBeyond) {
  pool.give(pool.take(kMaxKeptFrame), kMaxKeptFrame);
  EXPECT_EQ(pool.kept(), 1U);
  pool.give(pool.take(kMaxKeptFrame + 1), kMaxKeptFrame + 1);
  EXPECT_EQ(pool.kept(), 1U);
}

}  // namespace
}  // namespace sprx
