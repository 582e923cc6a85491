#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "compiler/diagnostics.h"

namespace sprx {
namespace {

/// A source file and diagnostics that point at pieces of its text.
class Render : public testing::Test {
 protected:
  FileId file(std::string name, std::string text) { return sources.add(std::move(name), std::move(text)); }
  /// The span of the first `piece` of `id` at or after `from`.
  Span at(FileId id, std::string_view piece, std::size_t from = 0) {
    const std::size_t begin = sources[id].text.find(piece, from);
    EXPECT_NE(begin, std::string::npos) << piece;
    return {id, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(begin + piece.size())};
  }
  std::string human(std::size_t width = 100, bool ascii = true) {
    RenderOptions options;
    options.width = width;
    options.ascii = ascii;
    return "\n" + render(list, sources, options);
  }

  SourceSet sources;
  DiagnosticList list;
};

TEST_F(Render, draws_the_example_of_the_design) {
  const FileId main =
      file("main.sprx", "\n\n\n\n\n\n\n\nrule force_https {\n\n\n  when hst == \"a.example.com\";\n}\n");
  list.add(Kind::syntax_unexpected, at(main, "hst"), "unknown request field `hst`")
      .label(at(main, "force_https"), "in this rule")
      .help("a field with a similar name exists: `host`");
  EXPECT_EQ(human(), R"(
error[E0001]: unknown request field `hst`
  --> main.sprx:12:8
   |
 9 | rule force_https {
   |      ----------- in this rule
...
12 |   when hst == "a.example.com";
   |        ^^^
   = help: a field with a similar name exists: `host`

1 error; see sprx explain E0001
)");
}

TEST_F(Render, shows_the_line_between_two_that_are_near) {
  const FileId main = file("main.sprx", "one\ntwo\nthree\n");
  list.add(Kind::syntax_unexpected, at(main, "three"), "m").label(at(main, "one"), "first");
  EXPECT_EQ(human(), R"(
error[E0001]: m
 --> main.sprx:3:1
  |
1 | one
  | --- first
2 | two
3 | three
  | ^^^^^

1 error; see sprx explain E0001
)");
}

TEST_F(Render, hangs_the_texts_of_several_marks_of_a_line) {
  const FileId main = file("main.sprx", "let abc = def + ghi;\n");
  Diagnostic& d = list.add(Kind::syntax_unexpected, at(main, "def"), "m");
  d.primary_text = "this";
  d.label(at(main, "abc"), "left").label(at(main, "ghi"), "right");
  EXPECT_EQ(human(), R"(
error[E0001]: m
 --> main.sprx:1:11
  |
1 | let abc = def + ghi;
  |     ---   ^^^   --- right
  |     |     |
  |     |     this
  |     left

1 error; see sprx explain E0001
)");
}

TEST_F(Render, stacks_texts_of_marks_at_one_place) {
  const FileId main = file("main.sprx", "abc def\n");
  Diagnostic& d = list.add(Kind::syntax_unexpected, at(main, "abc"), "m");
  d.primary_text = "one";
  d.label(at(main, "abc def"), "two");
  EXPECT_EQ(human(), R"(
error[E0001]: m
 --> main.sprx:1:1
  |
1 | abc def
  | ^^^---- two
  | |
  | one

1 error; see sprx explain E0001
)");
}

TEST_F(Render, draws_a_span_of_several_lines_in_the_margin) {
  const FileId main = file("main.sprx", "rule a {\n  when x;\n  drop;\n  # c\n}\nrule b { drop; }\n");
  Diagnostic& d = list.add(Kind::syntax_unexpected, at(main, "rule b"), "m");
  d.primary_text = "here";
  d.label(at(main, "{\n  when x;\n  drop;\n  # c\n}"), "hidden by this");
  EXPECT_EQ(human(), R"(
error[E0001]: m
 --> main.sprx:6:1
  |
1 |   rule a {
  |  ________-
... |
5 | | }
  | |_- hidden by this
6 |   rule b { drop; }
  |   ^^^^^^ here

1 error; see sprx explain E0001
)");
}

TEST_F(Render, draws_a_span_from_the_start_of_a_line_without_a_row_for_its_start) {
  const FileId main = file("main.sprx", "  rule a {\n  drop;\n}\n");
  list.add(Kind::syntax_unexpected, at(main, "rule a {\n  drop;\n}"), "m").primary_text = "all of it";
  EXPECT_EQ(human(), R"(
error[E0001]: m
 --> main.sprx:1:3
  |
1 | /   rule a {
2 | |   drop;
3 | | }
  | |_^ all of it

1 error; see sprx explain E0001
)");
}

TEST_F(Render, shows_the_places_of_other_files_apart) {
  const FileId main = file("main.sprx", "table t: string -> string from \"t.tsv\";\n");
  const FileId data = file("lists/t.tsv", "a\tb\n\n\n\n\n\n\n\n\na\tc\n");
  list.add(Kind::syntax_unexpected, at(data, "a\tc"), "m").label(at(main, "\"t.tsv\""), "read here").note("n");
  EXPECT_EQ(human(), R"(
error[E0001]: m
  --> lists/t.tsv:10:1
   |
10 | a    c
   | ^^^^^^
  ::: main.sprx:1:32
   |
 1 | table t: string -> string from "t.tsv";
   |                                ------- read here
   = note: n

1 error; see sprx explain E0001
)");
}

TEST_F(Render, marks_an_empty_span_and_the_end_of_the_file_with_one_caret) {
  const FileId main = file("main.sprx", "when x\n}");
  list.add(Kind::syntax_missing_semicolon, {main, 6, 6}, "missing `;`");
  list.add(Kind::syntax_unclosed_brace, {main, 8, 8}, "unclosed `{`");
  list.add(Kind::syntax_unclosed_brace, {main, 5000, 6000}, "far away");
  EXPECT_EQ(human(), R"(
error[E0002]: missing `;`
 --> main.sprx:1:7
  |
1 | when x
  |       ^

error[E0003]: unclosed `{`
 --> main.sprx:2:2
  |
2 | }
  |  ^

error[E0003]: far away
 --> main.sprx:2:2
  |
2 | }
  |  ^

3 errors; see sprx explain E0002
)");
}

TEST_F(Render, copes_with_an_empty_file_and_with_no_file) {
  const FileId main = file("main.sprx", "");
  list.add(Kind::syntax_unexpected, {main, 0, 0}, "nothing here");
  list.add(Kind::syntax_unexpected, {}, "no file at all").help("write one");
  EXPECT_EQ(human(), R"(
error[E0001]: nothing here
 --> main.sprx:1:1
  |
1 |
  | ^

error[E0001]: no file at all
  = help: write one

2 errors; see sprx explain E0001
)");
}

TEST_F(Render, expands_tabs_and_escapes_what_is_not_printable_ascii) {
  const FileId main = file("main.sprx", "\tlet \x1b[31m = \"caf\xC3\xA9 \xFF\xE2\x80\xAE\" bad;\r\n");
  list.add(Kind::syntax_unexpected, at(main, "bad"), "name `caf\xC3\xA9`\x07 \xE2\x80\xA6");
  EXPECT_EQ(human(), R"(
error[E0001]: name `caf\u{e9}`\u{7} ...
 --> main.sprx:1:24
  |
1 |     let \u{1b}[31m = "caf\u{e9} \xff\u{202e}" bad;
  |                                               ^^^

1 error; see sprx explain E0001
)");
}

TEST_F(Render, shows_printable_utf8_on_a_terminal_and_keeps_the_marks_under_it) {
  const FileId main = file("main.sprx", "\"caf\xC3\xA9 \xE4\xB8\xAD\xE2\x80\xAE\" bad\n");
  list.add(Kind::syntax_unexpected, at(main, "bad"), "name `caf\xC3\xA9` \xE2\x80\xA6");
  EXPECT_EQ(human(100, false),
            "\nerror[E0001]: name `caf\xC3\xA9` \xE2\x80\xA6\n"
            " --> main.sprx:1:11\n"
            "  |\n"
            "1 | \"caf\xC3\xA9 \xE4\xB8\xAD\\u{202e}\" bad\n"
            "  |                   ^^^\n"
            "\n1 error; see sprx explain E0001\n");
}

TEST_F(Render, skips_a_byte_order_mark) {
  const FileId main = file("main.sprx", "\xEF\xBB\xBFrule\n");
  list.add(Kind::syntax_unexpected, at(main, "rule"), "m");
  EXPECT_EQ(human(), R"(
error[E0001]: m
 --> main.sprx:1:1
  |
1 | rule
  | ^^^^

1 error; see sprx explain E0001
)");
}

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    longest = std::max(longest, end - at);
    at = end + 1;
  }
  return longest;
}

TEST_F(Render, shows_a_window_of_a_long_line) {
  const FileId main =
      file("main.sprx", "let a = \"" + std::string(60, 'x') + " middle " + std::string(60, 'y') + "\";\n");
  Diagnostic& d = list.add(Kind::syntax_unexpected, at(main, "middle"), "m");
  d.primary_text = "look";
  const std::string shown = human(60);
  EXPECT_EQ(shown, R"(
error[E0001]: m
 --> main.sprx:1:71
  |
1 | ...xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx middle yy...
  |                                             ^^^^^^ look

1 error; see sprx explain E0001
)");
}

TEST_F(Render, never_passes_its_width_whatever_the_source_is) {
  for (const std::size_t length : {90U, 99U, 100U, 101U, 500U, 5000U, 100'000U}) {
    for (const std::size_t place : {0U, 1U, 50U, 80U, 89U}) {
      SourceSet set;
      std::string text(length, 'x');
      text[length - 1] = '$';
      text[place] = '!';
      const FileId id = set.add("main.sprx", "y\n" + text + "\n");
      const auto begin = static_cast<std::uint32_t>(place + 2);
      DiagnosticList found;
      Diagnostic& d = found.add(Kind::syntax_unexpected, {id, begin, begin + 1},
                                std::string(300, 'm') + " " + std::string(90, 'n'));
      d.primary_text =
          "a label of some words, so long that it has to be wrapped or to be put below the line it is about";
      d.label({id, static_cast<std::uint32_t>(length + 1), static_cast<std::uint32_t>(length + 2)},
              "the end of it all");
      d.label({id, 0, static_cast<std::uint32_t>(length)}, "several lines of text");
      d.help(
          "words and words and words and words and words and words and words and words and words and words and words");
      const std::string shown = render(found, set, {});
      EXPECT_LE(longest_line(shown), 100U) << shown;
      EXPECT_NE(shown.find('!'), std::string::npos) << shown;
    }
  }
}

TEST_F(Render, wraps_messages_and_notes_between_words) {
  list.add(Kind::syntax_unexpected, {}, "one two three four five six seven eight nine ten")
      .help("alpha beta gamma delta epsilon zeta eta theta");
  EXPECT_EQ(human(40), R"(
error[E0001]: one two three four five
              six seven eight nine ten
  = help: alpha beta gamma delta epsilon
          zeta eta theta

1 error; see sprx explain E0001
)");
}

TEST_F(Render, colours_only_on_request) {
  const FileId main = file("main.sprx", "bad\n");
  list.add(Kind::syntax_unexpected, at(main, "bad"), "m");
  RenderOptions options;
  options.color = true;
  EXPECT_EQ(render(list, sources, options),
            "\x1b[1;31merror[E0001]\x1b[0m\x1b[1m: \x1b[0m\x1b[1mm\x1b[0m\n"
            " \x1b[1;34m-->\x1b[0m main.sprx:1:1\n"
            "\x1b[1;34m  |\x1b[0m\n"
            "\x1b[1;34m1 |\x1b[0m bad\n"
            "\x1b[1;34m  |\x1b[0m \x1b[1;31m^^^\x1b[0m\n"
            "\n1 error; see sprx explain E0001\n");
}

TEST_F(Render, shows_so_many_and_counts_the_rest) {
  const FileId main = file("main.sprx", std::string(50, 'x') + "\n");
  for (std::uint32_t i = 0; i < 30; ++i) list.add(Kind::syntax_unexpected, {main, i, i + 1}, "m");
  const std::string shown = human();
  std::size_t count = 0;
  for (std::size_t place = shown.find("error[E0001]"); place != std::string::npos;
       place = shown.find("error[E0001]", place + 1))
    ++count;
  EXPECT_EQ(count, 20U);
  EXPECT_EQ(shown.substr(shown.rfind("\n\n") + 2),
            "10 more not shown (--max-errors 0 shows all)\n30 errors; see sprx explain E0001\n");
  RenderOptions options;
  options.max_errors = 0;
  EXPECT_EQ(render(list, sources, options).find("not shown"), std::string::npos);
}

TEST_F(Render, shows_lints_only_in_the_room_that_errors_leave) {
  list.add(Kind::syntax_unexpected, {}, "an error");
  list.add(Kind::unused_name, {}, "a lint");
  list.add(Kind::empty_list, {}, "another lint");
  RenderOptions options;
  options.max_errors = 2;
  EXPECT_EQ(render(list, sources, options), R"(error[E0001]: an error

lint[L0001]: a lint

1 more not shown (--max-errors 0 shows all)
1 error, 2 lints; see sprx explain E0001
)");
}

TEST_F(Render, says_nothing_when_there_is_nothing_to_say) {
  for (const Format format : {Format::human, Format::shorter, Format::json, Format::github}) {
    RenderOptions options;
    options.format = format;
    EXPECT_EQ(render(list, sources, options), "");
  }
}

TEST_F(Render, short_is_one_line_each) {
  const FileId main = file("a b.sprx", "x\nyz\n");
  list.add(Kind::syntax_unexpected, at(main, "z"), "two\nlines");
  list.add(Kind::unused_name, {}, "no place");
  RenderOptions options;
  options.format = Format::shorter;
  EXPECT_EQ(render(list, sources, options),
            "a b.sprx:2:2: error: two\\u{a}lines [E0001]\n"
            "lint: no place [L0001]\n");
}

TEST_F(Render, json_is_one_object_a_line_with_the_documented_keys) {
  const FileId main = file("main.sprx", "ab\xC3\xA9\ncd\n");
  list.add(Kind::syntax_unexpected, at(main, "\xC3\xA9\ncd"), "bad \xFF")
      .label(at(main, "ab"), "l")
      .note("n")
      .help("h")
      .fix(at(main, "ab"), "x", true);
  list.add(Kind::unused_name, {}, "m");
  RenderOptions options;
  options.format = Format::json;
  EXPECT_EQ(
      render(list, sources, options),
      R"({"code":"E0001","severity":"error","message":"bad )"
      "\xEF\xBF\xBD"
      R"(","file":"main.sprx","line":1,"column":3,)"
      R"("end_line":2,"end_column":3,"labels":[{"file":"main.sprx","line":1,"column":1,"end_line":1,"end_column":3,)"
      R"("text":"l"}],"notes":[{"kind":"note","text":"n"},{"kind":"help","text":"h"}],"fixes":[{"file":"main.sprx",)"
      R"("line":1,"column":1,"end_line":1,"end_column":3,"replacement":"x","certain":true}],)"
      R"("rendered":"error[E0001]: bad \\xff\n --> main.sprx:1:3\n  |\n1 |   ab\\u{e9}\n  |  _--^\n  | | |\n)"
      R"(  | | l\n2 | | cd\n  | |__^\n  = note: n\n  = help: h\n"})"
      "\n"
      R"({"code":"L0001","severity":"lint","message":"m","file":null,"line":null,"column":null,"end_line":null,)"
      R"("end_column":null,"labels":[],"notes":[],"fixes":[],"rendered":"lint[L0001]: m\n"})"
      "\n");
}

TEST_F(Render, sarif_has_the_structure_that_code_hosts_read) {
  const FileId main = file("a b%.sprx", "abc\n");
  list.add(Kind::syntax_unexpected, at(main, "b"), "m")
      .label(at(main, "c"), "l")
      .help("h")
      .fix(at(main, "b"), "B", true);
  list.add(Kind::unused_name, {}, "n");
  list.add(Kind::syntax_unexpected, at(main, "a"), "again");
  RenderOptions options;
  options.format = Format::sarif;
  const boost::json::value log = boost::json::parse(render(list, sources, options));
  const boost::json::value expected = boost::json::parse(R"({
    "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
    "runs": [{
      "tool": {"driver": {"name": "sprx", "rules": [
        {"id": "E0001", "shortDescription": {"text": "something else stands where a part of the language is wanted"},
         "help": {"text": "sprx explain E0001"}, "defaultConfiguration": {"level": "error"}},
        {"id": "L0001", "shortDescription": {"text": "declared but not used"}, "help": {"text": "sprx explain L0001"},
         "defaultConfiguration": {"level": "warning"}}]}},
      "columnKind": "unicodeCodePoints",
      "originalUriBaseIds": {"CONFIGURATION": {"description": {"text": "the configuration directory"}}},
      "results": [
        {"ruleId": "E0001", "ruleIndex": 0, "level": "error", "message": {"text": "m\nhelp: h"},
         "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a%20b%25.sprx", "uriBaseId": "CONFIGURATION"},
           "region": {"startLine": 1, "startColumn": 2, "endLine": 1, "endColumn": 3}}}],
         "relatedLocations": [{"physicalLocation": {"artifactLocation": {"uri": "a%20b%25.sprx", "uriBaseId": "CONFIGURATION"},
           "region": {"startLine": 1, "startColumn": 3, "endLine": 1, "endColumn": 4}}, "id": 1, "message": {"text": "l"}}],
         "fixes": [{"artifactChanges": [{"artifactLocation": {"uri": "a%20b%25.sprx", "uriBaseId": "CONFIGURATION"},
           "replacements": [{"deletedRegion": {"startLine": 1, "startColumn": 2, "endLine": 1, "endColumn": 3},
             "insertedContent": {"text": "B"}}]}]}]},
        {"ruleId": "L0001", "ruleIndex": 1, "level": "warning", "message": {"text": "n"}},
        {"ruleId": "E0001", "ruleIndex": 0, "level": "error", "message": {"text": "again"},
         "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a%20b%25.sprx", "uriBaseId": "CONFIGURATION"},
           "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2}}}]}]}]})");
  EXPECT_EQ(log, expected) << boost::json::serialize(log);
}

TEST_F(Render, sarif_without_results_is_still_a_document) {
  RenderOptions options;
  options.format = Format::sarif;
  const boost::json::value log = boost::json::parse(render(list, sources, options));
  EXPECT_EQ(log.at("runs").at(0).at("results"), boost::json::array());
  EXPECT_EQ(log.at("runs").at(0).at("tool").at("driver").at("rules"), boost::json::array());
}

TEST_F(Render, github_commands_escape_what_they_cannot_hold) {
  const FileId main = file("a,b:c.sprx", "abc\ndef\n");
  list.add(Kind::syntax_unexpected, at(main, "bc"), "100%\nnext: a, b\x1b").help("h");
  list.add(Kind::unused_name, at(main, "c\nd"), "two lines");
  list.add(Kind::unused_name, {}, "no place");
  RenderOptions options;
  options.format = Format::github;
  EXPECT_EQ(render(list, sources, options),
            "::error file=a%2Cb%3Ac.sprx,line=1,col=2,endLine=1,endColumn=4,title=E0001::100%25%0Anext: a, "
            "b\\u{1b}%0Ahelp: h\n"
            "::warning file=a%2Cb%3Ac.sprx,line=1,col=3,endLine=2,title=L0001::two lines\n"
            "::warning title=L0001::no place\n");
}

}  // namespace
}  // namespace sprx
