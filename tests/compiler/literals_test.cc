#include "compiler/literals.h"

#include <gtest/gtest.h>
#include <limits>

namespace sprx {
namespace {

TEST(ParseTime, reads_rfc_3339_with_an_offset) {
  EXPECT_EQ(parse_time("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_time("1970-01-01T00:00:01.5Z"), 1'500'000);
  EXPECT_EQ(parse_time("2026-03-01T12:30:45+10:30"), 1'772'330'445'000'000);
  EXPECT_EQ(parse_time("2026-03-01t02:00:45.1234569z"), 1'772'330'445'123'456);
  EXPECT_EQ(parse_time("1969-12-31T23:59:59Z"), -1'000'000);
  EXPECT_EQ(parse_time("2000-02-29T00:00:00-00:00"), 951'782'400'000'000);
  EXPECT_EQ(parse_time("2016-12-31T23:59:60Z"), parse_time("2017-01-01T00:00:00Z"));
  EXPECT_EQ(parse_time("0000-01-01T00:00:00Z"), -62'167'219'200'000'000);
  EXPECT_EQ(parse_time("9999-12-31T23:59:59Z"), 253'402'300'799'000'000);
}

TEST(ParseTime, refuses_everything_else) {
  for (const std::string_view text : {"",
                                      "2026-03-01",
                                      "2026-03-01T12:30:45",
                                      "2026-03-01 12:30:45Z",
                                      "2026-02-29T00:00:00Z",
                                      "2026-13-01T00:00:00Z",
                                      "2026-00-01T00:00:00Z",
                                      "2026-01-00T00:00:00Z",
                                      "2026-01-01T24:00:00Z",
                                      "2026-01-01T00:60:00Z",
                                      "2026-01-01T00:00:61Z",
                                      "2026-01-01T00:00:00.Z",
                                      "2026-01-01T00:00:00+1000",
                                      "2026-01-01T00:00:00+24:00",
                                      "2026-01-01T00:00:00+10:60",
                                      "2026-01-01T00:00:00Zx",
                                      "26-01-01T00:00:00Z",
                                      "2026-1-1T00:00:00Z",
                                      "+026-01-01T00:00:00Z",
                                      "2026-01-01T00:00Z",
                                      "2026-01-01T00:00:00+"}) {
    EXPECT_EQ(parse_time(text), std::nullopt) << text;
  }
}

TEST(ParseDuration, reads_every_unit) {
  EXPECT_EQ(parse_duration("10ms"), 10'000);
  EXPECT_EQ(parse_duration("2s"), 2'000'000);
  EXPECT_EQ(parse_duration("5m"), 300'000'000);
  EXPECT_EQ(parse_duration("1h"), 3'600'000'000);
  EXPECT_EQ(parse_duration("30d"), 2'592'000'000'000);
  EXPECT_EQ(parse_duration("1_000ms"), 1'000'000);
  for (const std::string_view text : {"", "s", "10", "10 s", "-1s", "1.5s", "1w", "1S", "_1s"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_duration("106751991d"), 9'223'372'022'400'000'000);
  for (const std::string_view text : {"106751992d", "9223372036854775807d", "99999999999999999999s"}) {
    EXPECT_EQ(parse_duration(text), std::numeric_limits<std::int64_t>::max()) << text;
  }
}

TEST(ParseSize, reads_binary_units) {
  EXPECT_EQ(parse_size("0"), 0);
  EXPECT_EQ(parse_size("100_000"), 100'000);
  EXPECT_EQ(parse_size("64KiB"), 65'536);
  EXPECT_EQ(parse_size("8MiB"), 8'388'608);
  EXPECT_EQ(parse_size("1GiB"), 1'073'741'824);
  for (const std::string_view text : {"", "KiB", "1KB", "1kib", "1 KiB"}) {
    EXPECT_EQ(parse_size(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_size("8589934592GiB"), std::numeric_limits<std::int64_t>::max());
}

TEST(ParseRate, reads_so_many_in_so_long) {
  EXPECT_EQ(parse_rate("10/s"), (Rate{10, 1'000'000}));
  EXPECT_EQ(parse_rate("1/10s"), (Rate{1, 10'000'000}));
  EXPECT_EQ(parse_rate("600/m"), (Rate{600, 60'000'000}));
  EXPECT_EQ(parse_rate("1_000/2h"), (Rate{1'000, 7'200'000'000}));
  for (const std::string_view text :
       {"", "10", "/s", "0/s", "1/0s", "10/", "10/d", "10/ms", "10/ s", "-1/s", "1/9999999999999999999h"}) {
    EXPECT_EQ(parse_rate(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace sprx
