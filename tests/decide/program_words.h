// Words that random programs and random messages are made of: few, so that they meet.
#pragma once

#include <cstdint>
#include <string_view>

namespace sprx::test {

/// Slots of rules; those before it are left to lets, as the compiler does.
inline constexpr std::uint32_t kFirstSlot = 4;
inline constexpr std::string_view kWords[] = {"foo", "Foo", "bar",    "foobar", "barfoo", "",
                                              "a",   "ab",  "mobile", "12",     "-3",     "x.y"};
inline constexpr std::string_view kSegments[] = {"a",    "b",  "A",      "admin", "administrator",
                                                 "blog", "12", "x.html", "foo"};
inline constexpr std::string_view kHosts[] = {"x.org", "www.x.org", "a.b.x.org", "y.com", "xx.org", "org", "b.x.org"};
inline constexpr std::string_view kAddresses[] = {"10.1.2.3",    "10.1.9.9",      "10.200.0.1", "203.0.113.7",
                                                  "2001:db8::1", "2001:db8:1::5", "::1"};
inline constexpr std::string_view kCidrs[] = {"10.0.0.0/8",     "10.1.0.0/16", "10.1.2.0/24",   "10.1.2.3",
                                              "0.0.0.0/0",      "::/0",        "2001:db8::/32", "2001:db8:1::/48",
                                              "203.0.113.0/25", "::1"};
inline constexpr std::string_view kPathTemplates[] = {
    "/a/{x}",        "/{x}/b", "/blog[/{x}]", "/{x...}",   "/a[/]",      "/admin/*", "/a/b",   "/{_:a|b}/*",
    "/blog/{x}_{y}", "*.html", "/a{x}",       "/a/{x...}", "/a[/b/{x}]", "/{x}/{y}", "/[a/]b", "/a/[{x}]"};
inline constexpr std::string_view kHostTemplates[] = {"{x}.x.org",    "[{_...}.]x.org", "x.org",           "{x}",
                                                      "{_...}.x.org", "a.{x}.org",      "{x:a|www}.x.org", "*.org"};
inline constexpr std::string_view kPatterns[] = {"foo",  "^f(?P<x>.*)r$", "(?P<x>[0-9]+)", "a|b",  "^$",
                                                 "o{2}", "\\bbar\\b",     "^/a",           "x\\.y"};

inline constexpr std::string_view kFragments[] = {"abab",
                                                  "aaaa",
                                                  "Abba",
                                                  "baab",
                                                  "bbbb",
                                                  "abc",
                                                  "aBab",
                                                  "b",
                                                  "\xe9"
                                                  "a",
                                                  "ABAB"};
inline constexpr std::string_view kLiteralPatterns[] = {
    "abab",  "^abab",      "abba$",     "(abab|bbbb)", "ab{2}a+b", "a.*bbb",        "(?i)ABBA", "[ab]{4}",
    "aba|b", "(aaaa)?bbb", "aaaa(b|c)", "\\babc\\b",   "x*",       "a(bab|bba)(b)", "\\x41bba", "(abc|aab)(bb|)"};

inline constexpr std::int64_t kNow = 1'750'000'000'000'000;
inline constexpr std::string_view kFlags[] = {"f", "g", "h"};

}  // namespace sprx::test
