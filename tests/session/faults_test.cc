// Every read, write, connect and open of a session fails once, in every case of the byte-exact suite.
#include <algorithm>
#include <gtest/gtest.h>

#include "support/paths.h"
#include "tests/session/session_check.h"

namespace sprx::testing {
namespace {

constexpr std::size_t kMostOperations = 2'000;  ///< a case that sends a byte at a time has many

constexpr std::size_t kLargest = 16'384;  ///< bytes of a case of which everything is tried

const std::vector<NamedScript>& scripts() {
  static const std::vector<NamedScript> all = scripts_of_transcripts(testdata("/http"));
  return all;
}

/// Fails the first operation, then the second, until none is left to fail; returns how many sessions that were. Of the
/// few cases that send much and do the same over and over, some operations are left out.
std::size_t fail_each(const NamedScript& named, Fault fault) {
  const std::size_t operations = check_session(named.script, {}).operations;
  const std::size_t step = bytes_of(named.script).size() > kLargest ? std::max<std::size_t>(1, operations / 25) : 1;
  std::size_t sessions = 0;
  for (std::size_t n = 1; n < kMostOperations; n += step) {
    const SessionOutcome outcome = check_session(named.script, {0, n, fault});
    ++sessions;
    EXPECT_EQ(outcome.problem, "") << named.name << ", operation " << n << " fails";
    if (outcome.operations < n || !outcome.problem.empty()) return sessions;
  }
  ADD_FAILURE() << named.name << " does not come to an end";
  return 0;
}

std::size_t fail_all(Fault fault) {
  std::size_t sessions = 0;
  for (const NamedScript& named : scripts()) {
    sessions += fail_each(named, fault);
    if (::testing::Test::HasFailure()) break;
  }
  ::testing::Test::RecordProperty("sessions", static_cast<int>(sessions));
  return sessions;
}

TEST(SessionScripts, KeepTheirPromisesInEveryCaseOfTheSuite) {
  EXPECT_GE(scripts().size(), 400U);
  for (const NamedScript& named : scripts()) {
    const bool large = bytes_of(named.script).size() > kLargest;
    for (const std::size_t read_limit : {0U, 1U, 7U}) {
      if (large && read_limit != 0) continue;
      EXPECT_EQ(check_session(named.script, {read_limit, 0, Fault::error}).problem, "")
          << named.name << ", read " << read_limit << " bytes at a time";
    }
  }
}

TEST(SessionFaults, AnOperationThatBreaksTheConnectionLeavesEverythingRight) {
  EXPECT_GE(fail_all(Fault::error), 4'000U);
}
TEST(SessionFaults, AnEndInTheMiddleLeavesEverythingRight) { EXPECT_GE(fail_all(Fault::end), 4'000U); }
TEST(SessionFaults, AnOperationThatIsLateLeavesEverythingRight) { EXPECT_GE(fail_all(Fault::late), 4'000U); }

}  // namespace
}  // namespace sprx::testing
