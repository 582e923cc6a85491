#include <gtest/gtest.h>

#include "compiler/diagnostics.h"

namespace sprx {
namespace {

std::string_view near(std::string_view name) {
  static const std::vector<std::string_view> kNames{"host",    "path",        "port", "header", "client.ip", "redirect",
                                                    "respond", "starts_with", "in",   "is",     "max_errors"};
  return similar(name, kNames);
}

TEST(Similar, finds_a_name_with_a_slip) {
  EXPECT_EQ(near("hst"), "host");
  EXPECT_EQ(near("hots"), "host");
  EXPECT_EQ(near("HOST"), "host");
  EXPECT_EQ(near("hoost"), "host");
  EXPECT_EQ(near("redirct"), "redirect");
  EXPECT_EQ(near("startswith"), "starts_with");
  EXPECT_EQ(near("clientip"), "client.ip");
  EXPECT_EQ(near("client_ip"), "client.ip");
  EXPECT_EQ(near("errors_max"), "max_errors");
  EXPECT_EQ(near("pat"), "path");
}

TEST(Similar, finds_nothing_where_nothing_is_near) {
  EXPECT_EQ(near(""), "");
  EXPECT_EQ(near("cookie"), "");
  EXPECT_EQ(near("x"), "");
  EXPECT_EQ(near("on"), "");
  EXPECT_EQ(near(std::string(100'000, 'h')), "");
  EXPECT_EQ(similar("host", {}), "");
}

}  // namespace
}  // namespace sprx
