#include "tests/bench/workload.h"

#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <random>

#include "compiler/compile.h"

namespace sprx::bench {
namespace {

constexpr const char* kBrowsers[] = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.{}.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{}.{} Safari/605",
    "Mozilla/5.0 (X11; Linux x86_64; rv:{}.0) Gecko/20100101 Firefox/{}.0 (compatible; desktop; en-GB; fast build)",
    "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/{}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{} Mobile Safari"};

/// A name of three or four syllables and a number's worth of variety: what lists of crawlers look like.
std::string bot_name(std::size_t n) {
  constexpr const char* kSyllables[] = {"zor", "gab", "mik", "tul", "vex", "pra", "sno", "qui", "lum", "dre", "fay",
                                        "kro", "bin", "hes", "wob", "cyd", "jam", "nux", "oti", "rag", "spi", "une"};
  std::string out;
  std::size_t rest = n * 2'654'435'761U % 234'256;  // 22^4
  for (int i = 0; i < 4; ++i, rest /= 22) out += kSyllables[rest % 22];
  return out + (n % 3 == 0 ? "bot" : n % 3 == 1 ? "-crawler" : "/fetch");
}

std::string mixed_rule(std::size_t n) {
  switch (n % 4) {
    case 0:
      return fmt::format(R"(rule r{0} {{ when path == "/old/section-{1}/page-{0}.html"; redirect 301 "/new/{0}"; }})",
                         n, n % 97);
    case 1:
      return fmt::format(R"(rule r{0} {{ when path under "/upload/area-{0}" and method == "POST"; deny; }})", n);
    case 2:
      return fmt::format(
          R"(rule r{0} {{ when host == "h{1}.example.com" and path under "/section-{0}"; set header["X-Section"] = "{0}"; }})",
          n, n % 300);
    default:
      return fmt::format(R"(rule r{} {{ when header["User-Agent"] contains "{}"; deny; }})", n, bot_name(n));
  }
}

std::string rule_of(Rules rules, std::size_t n) {
  switch (rules) {
    case Rules::mixed:
      return mixed_rule(n);
    case Rules::one_host:
      return fmt::format(
          R"(rule r{0} {{ when host == "www.example.com" and path under "/p/{0}" and method == "POST"; deny; }})", n);
    case Rules::one_regex_each:
      return fmt::format(R"(rule r{0} {{ when path matches r"^/item-{0}/[0-9]+/view$"; deny; }})", n);
    case Rules::all_match:
      return fmt::format(R"(rule r{0} {{ when path not under "/nowhere-{0}"; log last = "{0}"; }})", n);
    case Rules::deep_groups: {
      std::string out;
      for (int depth = 0; depth < 8; ++depth) {
        out += fmt::format(R"(group g{}_{} when not exists header["X-{}-{}"] {{ )", n, depth, depth, n % 7);
      }
      return out + fmt::format(R"(rule r{0} {{ when path under "/deep/{0}"; deny; }})", n) + " } } } } } } } }";
    }
    case Rules::hundred_conditions: {
      std::string out = fmt::format(R"(rule r{0} {{ when path under "/many/{0}")", n);
      for (int i = 0; i < 99; ++i) out += fmt::format(R"( and query["q{}"] != "{}")", i, n + 1);
      return out + "; deny; }";
    }
  }
  return {};
}

}  // namespace

std::string rule_file(Rules rules, std::size_t count) {
  std::string out;
  for (std::size_t n = 0; n < count; ++n) out += rule_of(rules, n) + "\n";
  return out;
}

std::shared_ptr<const DecisionTable> table_of(std::string file) {
  CheckLimits limits;
  const Compilation made = compile(MemoryFiles{{"main.sprx", std::move(file)}}, {.lints = false, .limits = limits});
  if (!made.ok()) {
    std::fputs(render(made.diagnostics, made.sources, {.color = false}).substr(0, 2'000).c_str(), stderr);
    std::exit(EXIT_FAILURE);
  }
  return made.table;
}

std::vector<std::string> heads(Traffic traffic, std::size_t rule_count) {
  std::mt19937_64 random(7);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  // A number of a rule of one of the four kinds.
  const auto rule = [&](std::size_t kind) { return below((rule_count + 3 - kind) / 4) * 4 + kind; };
  std::vector<std::string> out;
  for (std::size_t i = 0; i < kHeads; ++i) {
    std::string method = "GET";
    std::string path = fmt::format("/shop/category-{}/article-{}.html?page={}", below(40), below(5'000), i);
    std::string host = fmt::format("h{}.example.com", below(300));
    std::string agent = fmt::format(fmt::runtime(kBrowsers[below(4)]), 90 + below(40), 1'000 + below(5'000));
    const std::size_t share = traffic == Traffic::mixed ? below(100) : 100;
    if (share < 20) {
      const std::size_t n = rule(0);
      path = fmt::format("/old/section-{}/page-{}.html?from={}", n % 97, n, i);
    } else if (share < 32) {
      method = "POST";
      path = fmt::format("/upload/area-{}/file-{}", rule(1), i);
    } else if (share < 52) {
      const std::size_t n = rule(2);
      host = fmt::format("h{}.example.com", n % 300);
      path = fmt::format("/section-{}/view-{}", n, i);
    } else if (share < 57) {
      agent = "Mozilla/5.0 (compatible; " + bot_name(rule(3)) + " 1.0; +http://bots.example.org/about)";
    }
    std::string head = fmt::format(
        "{} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: {}\r\nAccept: text/html,application/xhtml+xml,application/xml;q=0.9,"
        "*/*;q=0.8\r\nAccept-Language: en-GB,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br\r\nConnection: "
        "keep-alive\r\nX-Forwarded-For: 203.0.113.{}\r\nX-Forwarded-Proto: https\r\nCookie: session={:016x}; seen=",
        method, path, host, agent, below(250), random());
    while (head.size() + 4 < kHeadBytes) head += static_cast<char>('a' + below(26));
    head += "\r\n\r\n";
    if (head.size() > kHeadBytes + kHeadSlack) std::abort();
    out.push_back(std::move(head));
  }
  return out;
}

std::string hostile_head(std::size_t rule_count) {
  std::string agent;
  for (std::size_t n = 3; agent.size() < 7'700; n = (n + 4) % rule_count) {
    const std::string name = bot_name(n);
    agent += name.substr(0, name.size() - 1);
  }
  return "GET / HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: " + agent + "\r\n\r\n";
}

}  // namespace sprx::bench
