// What every report of testdata/check keeps to, whatever it says: the words and the shape that diagnostics.md asks for,
// and fixes that fix. Reads the recorded reports, so that a new golden is held to the same rules.
#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "support/paths.h"
#include "tests/compiler/check_support.h"
#include "tests/compiler/limits_line.h"

namespace sprx::testing {
namespace {

const std::filesystem::path kGoldens = testdata("/check");
constexpr std::size_t kWidth = 100;

/// One diagnostic as it is printed.
struct Shown {
  std::string code;
  std::string message;  ///< its lines joined
  std::string place;    ///< `main.sprx:3:8`, "" for none
  bool error = true;
  bool advice = false;  ///< has a help or a note
};

struct Report {
  std::string name;
  std::string text;
  std::vector<Shown> shown;
  std::string last_line;
};

Report read_report(const std::filesystem::path& path) {
  Report report{path.stem().string(), read_text(path), {}, {}};
  std::istringstream in(report.text);
  bool in_message = false;
  for (std::string line; std::getline(in, line);) {
    const bool error = line.starts_with("error[");
    if (error || line.starts_with("lint[")) {
      const std::size_t open = line.find('[');
      report.shown.push_back({line.substr(open + 1, 5), line.substr(line.find("]: ") + 3), {}, error, false});
      in_message = true;
      continue;
    }
    if (report.shown.empty()) continue;
    Shown& now = report.shown.back();
    const std::size_t arrow = line.find("--> ");
    if (arrow != std::string::npos && arrow < 8 && now.place.empty()) {
      now.place = line.substr(arrow + 4);
      in_message = false;
    } else if (in_message && line.starts_with("       ")) {
      now.message += " " + line.substr(line.find_first_not_of(' '));
    } else {
      in_message = false;
    }
    now.advice = now.advice || line.find("= help: ") != std::string::npos || line.find("= note: ") != std::string::npos;
    if (!line.empty()) report.last_line = line;
  }
  return report;
}

const std::vector<Report>& reports() {
  static const std::vector<Report> kReports = [] {
    std::vector<Report> out;
    for (const auto& entry : std::filesystem::directory_iterator(kGoldens)) {
      if (entry.path().extension() == ".stderr") out.push_back(read_report(entry.path()));
    }
    std::sort(out.begin(), out.end(), [](const Report& a, const Report& b) { return a.name < b.name; });
    return out;
  }();
  return kReports;
}

std::size_t number_before(const std::string& line, const std::string& word) {
  const std::size_t at = line.find(word);
  if (at == std::string::npos || at < 2) return 0;
  const std::size_t begin = line.find_last_of(' ', at - 2);
  return std::stoul(line.substr(begin == std::string::npos ? 0 : begin + 1));
}

/// Codes whose message is itself what to write.
bool says_it_itself(const std::string& code) {
  return code == "E0002"              // expected `;`: nothing is left to say
         || code.starts_with("E80");  // the bound that was passed is in the message; less is what to write
}

TEST(ReportQuality, every_error_says_what_to_write) {
  for (const Report& report : reports()) {
    for (const Shown& shown : report.shown) {
      if (says_it_itself(shown.code)) continue;
      EXPECT_TRUE(shown.advice) << report.name << ": " << shown.code << " " << shown.message;
    }
  }
}

TEST(ReportQuality, messages_are_plain_words_in_lower_case_without_a_full_stop) {
  for (const Report& report : reports()) {
    for (const Shown& shown : report.shown) {
      const std::string where = report.name + ": " + shown.message;
      ASSERT_FALSE(shown.message.empty()) << report.name;
      const char first = shown.message.front();
      const bool named = shown.message.starts_with("U+") || shown.message.starts_with("Set-Cookie");
      EXPECT_FALSE(first >= 'A' && first <= 'Z' && !named) << where;
      EXPECT_NE(shown.message.back(), '.') << where;
      EXPECT_NE(shown.message.back(), '?') << where;
      for (const char* word : {"illegal", "invalid", "Illegal", "Invalid", "please", "sorry"})
        EXPECT_EQ(shown.message.find(word), std::string::npos) << where;
      EXPECT_EQ(std::count(shown.message.begin(), shown.message.end(), '`') % 2, 0) << where;
    }
  }
}

/// But for commands: one that is there to be copied is not broken.
TEST(ReportQuality, lines_are_ascii_and_at_most_100_columns) {
  for (const Report& report : reports()) {
    std::istringstream in(report.text);
    for (std::string line; std::getline(in, line);) {
      const bool command = line.find("= help: `sprx ") != std::string::npos && line.ends_with('`');
      EXPECT_TRUE(command || line.size() <= kWidth) << report.name << ": " << line;
      EXPECT_TRUE(std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c < 0x7F; }))
          << report.name << ": " << line;
    }
  }
}

TEST(ReportQuality, the_last_line_sums_up) {
  for (const Report& report : reports()) {
    if (report.text.empty()) continue;  // a valid one is silent
    const bool all = report.text.find(" more not shown") == std::string::npos;
    const auto errors = static_cast<std::size_t>(
        std::count_if(report.shown.begin(), report.shown.end(), [](const Shown& s) { return s.error; }));
    EXPECT_NE(report.last_line.find("; see sprx explain "), std::string::npos) << report.name;
    if (!all) continue;
    EXPECT_EQ(number_before(report.last_line, "error"), errors) << report.name;
    EXPECT_EQ(number_before(report.last_line, "lint"), report.shown.size() - errors) << report.name;
  }
}

TEST(ReportQuality, no_place_has_two_errors) {
  for (const Report& report : reports()) {
    std::set<std::string> places;
    for (const Shown& shown : report.shown) {
      if (shown.place.empty() || !shown.error) continue;
      EXPECT_TRUE(places.insert(shown.place).second) << report.name << ": " << shown.place << " " << shown.message;
    }
  }
}

/// How many goldens there are and what they cover; the last line of the test's output says it.
TEST(ReportQuality, every_code_has_a_golden) {
  std::set<std::string> seen;
  for (const Report& report : reports()) {
    for (const Shown& shown : report.shown) seen.insert(shown.code);
  }
  std::size_t covered = 0;
  for (const KindInfo& kind : all_kinds()) {
    const bool known = seen.contains(std::string(kind.code));
    covered += known ? 1 : 0;
    EXPECT_TRUE(known) << kind.code << ": " << kind.title;
  }
  std::printf("%zu goldens, %zu of %zu codes\n", reports().size(), covered, all_kinds().size());
}

/// The files of a golden.
Files files_of(const std::string& name) {
  const std::filesystem::path directory = kGoldens / name;
  if (!std::filesystem::is_directory(directory)) return {{"main.sprx", read_text(kGoldens / (name + ".sprx"))}};
  Files files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file() && !entry.is_symlink())
      files[std::filesystem::relative(entry.path(), directory).string()] = read_text(entry.path());
  }
  return files;
}

struct Compiled {
  Compilation run;
  TempDirectory directory;
  explicit Compiled(const Files& files, const CheckLimits& limits) {
    for (const auto& [file, text] : files) directory.write(file, text);
    CompileOptions options;
    options.build = false;
    options.limits = limits;
    run = compile(directory.path(), options);
  }
  [[nodiscard]] bool has(Kind kind, const std::string& file, std::uint32_t begin) const {
    const auto& all = run.diagnostics.all();
    return std::any_of(all.begin(), all.end(), [&](const Diagnostic& d) {
      return d.kind == kind && d.primary.known() && d.primary.begin == begin &&
             run.sources[d.primary.file].name == file;
    });
  }
  [[nodiscard]] std::size_t of(Kind kind) const {
    const auto& all = run.diagnostics.all();
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [kind](const Diagnostic& d) { return d.kind == kind; }));
  }
};

/// `text` with fixes in place, the last first.
std::string with(std::string text, std::vector<Fix> fixes) {
  std::stable_sort(fixes.begin(), fixes.end(), [](const Fix& a, const Fix& b) { return a.span.begin > b.span.begin; });
  for (const Fix& fix : fixes) text.replace(fix.span.begin, fix.span.end - fix.span.begin, fix.replacement);
  return text;
}

TEST(ReportQuality, a_certain_fix_ends_its_mistake_and_makes_no_other) {
  std::size_t tried = 0;
  std::set<std::string> codes;
  for (const Report& report : reports()) {
    Files files = files_of(report.name);
    const CheckLimits limits = limits_of_first_line(files["main.sprx"]);
    const Compiled before(files, limits);
    for (const Diagnostic& found : before.run.diagnostics.all()) {
      std::vector<Fix> certain;
      for (const Fix& fix : found.fixes) {
        if (fix.certain) certain.push_back(fix);
      }
      if (certain.empty()) continue;
      const std::string file = before.run.sources[certain[0].span.file].name;
      const std::string where = report.name + ": " + std::string(info(found.kind).code) + " " + found.message;
      Files fixed = files;
      fixed[file] = with(files[file], certain);
      EXPECT_NE(fixed[file], files[file]) << where;
      const Compiled after(fixed, limits);
      // What follows in the same statement may come to light; before it nothing does, and of its kind no more than
      // were.
      EXPECT_FALSE(after.has(found.kind, file, found.primary.begin))
          << where << "\n"
          << render(after.run.diagnostics, after.run.sources, {});
      EXPECT_LE(after.of(found.kind), before.of(found.kind)) << where << "\n"
                                                             << render(after.run.diagnostics, after.run.sources, {});
      codes.insert(std::string(info(found.kind).code));
      ++tried;
    }
  }
  EXPECT_GT(tried, 60U);
  EXPECT_GT(codes.size(), 15U);
}

}  // namespace
}  // namespace sprx::testing
