#include "http/transcript.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <sstream>

#include "http/escape.h"

namespace sprx::http_suite {
namespace {

struct NamedVerb {
  const char* name;
  Verb verb;
  bool client;
  bool origin;
};

constexpr NamedVerb kVerbs[] = {
    {"connect", Verb::connect, true, false}, {"fin", Verb::fin, true, true},
    {"reset", Verb::reset, true, true},      {"close", Verb::close, true, true},
    {"eof", Verb::eof, true, true},          {"gone", Verb::gone, true, true},
    {"alive", Verb::alive, true, false},     {"refused", Verb::refused, true, false},
    {"error", Verb::error, true, false},     {"answers-head", Verb::answers_head, true, false},
    {"discard", Verb::discard, true, true},  {"drip", Verb::drip, true, true},
};

std::vector<std::string> split_words(std::string_view text) {
  std::istringstream in{std::string(text)};
  return {std::istream_iterator<std::string>(in), {}};
}

class GroupParser {
 public:
  explicit GroupParser(const std::filesystem::path& path) {
    group_.path = path.string();
    group_.name = path.stem().string();
  }

  Group parse() {
    std::ifstream in(group_.path, std::ios::binary);
    if (!in) throw ParseError{group_.path + ": cannot be read"};
    for (std::string line; std::getline(in, line);) {
      ++line_;
      take(line);
    }
    for (const Case& one : group_.cases) {
      if (one.alternatives.front().steps.empty()) throw ParseError{at(one.line) + "the case has no steps"};
    }
    return std::move(group_);
  }

 private:
  [[nodiscard]] std::string at(std::size_t line) const { return group_.path + ":" + std::to_string(line) + ": "; }
  [[noreturn]] void fail(const std::string& what) const { throw ParseError{at(line_) + what}; }

  void take(const std::string& line) {
    if (line.empty()) {
      joins_ = false;
    } else if (line[0] == '%') {
      take_config(line);
    } else if (line.starts_with("=== ")) {
      start_case(line.substr(4));
    } else if (line[0] == '#') {
      if (!group_.cases.empty() && group_.cases.back().alternatives.back().steps.empty()) {
        std::string& comment = group_.cases.back().comment;
        if (!comment.empty()) comment += ' ';
        comment += line.substr(std::min<std::size_t>(2, line.size()));
      }
    } else if (group_.cases.empty()) {
      fail("a step before the first case");
    } else if (line.starts_with("--- or")) {
      start_alternative(line);
    } else {
      take_step(line);
    }
  }

  void take_config(const std::string& line) {
    if (!group_.cases.empty()) fail("configuration after the first case");
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string target = line.substr(1, space - 1);
    const std::string text = space < line.size() ? line.substr(space + 1) : "";
    if (target == "deadline") {
      group_.deadline = std::chrono::milliseconds(std::stoul(text));
      group_.deadline_given = true;
    } else if (target == "nofile") {
      group_.descriptors = std::stoul(text);
    } else if (target == "via") {
      group_.via = text != "off";
    } else {
      group_.config[target] += text + "\n";
    }
  }

  void start_case(const std::string& text) {
    const std::vector<std::string> words = split_words(text);
    if (words.empty()) fail("a case needs a name");
    Case one;
    one.name = words[0];
    one.line = line_;
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (words[i] != "whole" && words[i] != "own") fail("unknown mark '" + words[i] + "'");
      (words[i] == "own" ? one.own : one.whole) = true;
    }
    one.alternatives.emplace_back();
    group_.cases.push_back(std::move(one));
    joins_ = false;
  }

  void start_alternative(const std::string& line) {
    const std::vector<std::string> words = split_words(line);
    Alternative next;
    if (words.size() == 3 && words[2] == "stricter") {
      next.verdict = Verdict::stricter;
    } else if (words.size() == 3 && words[2] == "accepts") {
      next.verdict = Verdict::accepts;
    } else if (words.size() != 2) {
      fail("--- or, --- or stricter, --- or accepts");
    }
    group_.cases.back().alternatives.push_back(std::move(next));
    joins_ = false;
  }

  void take_step(const std::string& line) {
    if (line[0] != 'C' && line[0] != 'O') return take_word(line);
    Step step;
    step.side = line[0] == 'C' ? Side::client : Side::origin;
    step.line = line_;
    std::size_t i = 1;
    if (i < line.size() && line[i] >= '1' && line[i] <= '9') step.number = static_cast<unsigned>(line[i++] - '0');
    if (i < line.size() && (line[i] == '>' || line[i] == '<')) {
      step.verb = line[i] == '>' ? Verb::send : Verb::receive;
      return take_data(std::move(step), line.substr(i + 1));
    }
    joins_ = false;
    step.words = split_words(line.substr(i));
    if (step.words.empty()) fail("a step needs a verb");
    for (const NamedVerb& known : kVerbs) {
      if (step.words[0] != known.name || !(step.side == Side::client ? known.client : known.origin)) continue;
      step.verb = known.verb;
      step.words.erase(step.words.begin());
      if (step.verb == Verb::drip) take_drip(step, line);
      if ((step.verb == Verb::refused || step.verb == Verb::error) && step.words.empty()) fail("which status?");
      return add(std::move(step));
    }
    fail("unknown verb '" + step.words[0] + "'");
  }

  /// `C drip MS TEXT`: TEXT stands for its bytes, without an added line end.
  void take_drip(Step& step, const std::string& line) {
    if (step.words.size() < 2) fail("drip MS TEXT");
    const std::size_t at = line.find(step.words[0], line.find("drip") + 4) + step.words[0].size() + 1;
    auto bytes = unescape(std::string_view(line).substr(at));
    if (!bytes) fail("a malformed escape");
    step.bytes = std::move(*bytes);
  }

  /// A line of bytes; consecutive ones of a connection and direction are one step.
  void take_data(Step step, std::string text) {
    if (!text.empty() && text[0] == ' ') text.erase(0, 1);
    const std::size_t slashes = text.size() - std::min(text.size(), text.find_last_not_of('\\') + 1);
    const bool open = slashes % 2 == 1;
    if (open) text.pop_back();
    auto bytes = unescape(text);
    if (!bytes) fail("a malformed escape");
    if (!open) *bytes += "\r\n";
    std::vector<Step>& steps = group_.cases.back().alternatives.back().steps;
    if (joins_ && steps.back().verb == step.verb && steps.back().side == step.side &&
        steps.back().number == step.number) {
      steps.back().bytes += *bytes;
      return;
    }
    step.bytes = std::move(*bytes);
    add(std::move(step));
    joins_ = true;
  }

  void take_word(const std::string& line) {
    joins_ = false;
    Step step;
    step.line = line_;
    step.words = split_words(line);
    const std::string verb = step.words[0];
    step.words.erase(step.words.begin());
    if (verb == "ok") {
      step.verb = Verb::ok;
    } else if (verb == "log" && !step.words.empty()) {
      step.verb = Verb::log;
    } else if (verb == "crowd" && step.words.size() == 1) {
      step.verb = Verb::crowd;
    } else if (verb == "flow" && step.words.size() >= 3) {
      step.verb = Verb::flow;
    } else if (verb == "origin" && step.words == std::vector<std::string>{"down"}) {
      step.verb = Verb::origin_down;
    } else if (verb == "origin" && step.words == std::vector<std::string>{"full"}) {
      step.verb = Verb::origin_full;
    } else if (verb == "origin" && step.words == std::vector<std::string>{"maybe"}) {
      step.verb = Verb::origin_maybe;
    } else if (verb == "origin" && step.words == std::vector<std::string>{"up"}) {
      step.verb = Verb::origin_up;
    } else {
      fail("cannot read '" + line + "'");
    }
    add(std::move(step));
  }

  void add(Step step) { group_.cases.back().alternatives.back().steps.push_back(std::move(step)); }

  Group group_;
  std::size_t line_ = 0;
  bool joins_ = false;
};

}  // namespace

Group read_group(const std::filesystem::path& path) { return GroupParser(path).parse(); }

std::vector<Group> read_groups(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  std::error_code ec;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ec)) {
    if (entry.path().extension() == ".http") paths.push_back(entry.path());
  }
  if (paths.empty()) throw ParseError{folder.string() + ": no case files"};
  std::sort(paths.begin(), paths.end());
  std::vector<Group> groups;
  std::set<std::string> names;
  for (const auto& path : paths) {
    groups.push_back(read_group(path));
    for (const Case& one : groups.back().cases) {
      if (names.insert(one.name).second) continue;
      throw ParseError{path.string() + ":" + std::to_string(one.line) + ": there is another case '" + one.name + "'"};
    }
  }
  return groups;
}

}  // namespace sprx::http_suite
