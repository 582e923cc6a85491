#include "compiler/compile.h"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "compiler/allow.h"
#include "compiler/build_table.h"
#include "compiler/check.h"
#include "compiler/load.h"
#include "compiler/loops.h"
#include "compiler/reach.h"

namespace sprx {
namespace {

/// Where rule files are looked for that nothing reads.
constexpr std::array<std::string_view, 4> kEverywhere = {"*.sprx", "*/*.sprx", "*/*/*.sprx", "*/*/*/*.sprx"};

/// What the directory holds to begin with.
enum class Start : std::uint8_t { nothing, main, no_main };

Start find_main(FileReader& files, DiagnosticList& out, FileId* main) {
  switch (files.read(kNoFile, "main.sprx", ParseLimits{}.file_bytes, main)) {
    case FileReader::Outcome::ok:
      return Start::main;
    case FileReader::Outcome::missing:
      break;
    case FileReader::Outcome::too_large:
      out.add(Kind::limit_data_file, {},
              "`main.sprx` is larger than " + std::to_string(ParseLimits{}.file_bytes) + " bytes");
      return Start::no_main;
    default:
      out.add(Kind::no_main, {}, "`main.sprx` cannot be read as a file in the configuration directory: " + files.why());
      return Start::no_main;
  }
  // A directory that is not there holds nothing.
  std::vector<std::string> others;
  const FileReader::Outcome outcome = files.glob(kNoFile, "*.sprx", &others);
  if (outcome == FileReader::Outcome::missing) return Start::nothing;
  if (outcome != FileReader::Outcome::ok) {
    out.add(Kind::no_main, {},
            files.why().empty() ? "the configuration directory cannot be looked through" : files.why());
    return Start::no_main;
  }
  // What stands in a folder would be no rule at all.
  const bool deeper = others.empty();
  for (const std::string_view pattern : kEverywhere) {
    if (others.empty() && files.glob(kNoFile, pattern, &others) != FileReader::Outcome::ok) others.clear();
  }
  if (others.empty()) return Start::nothing;
  if (deeper) {
    const std::string& found = others.front();
    out.add(Kind::no_main, {}, "there is no `main.sprx`, but there is `" + found + "`")
        .help(found.ends_with("/main.sprx") ? "`main.sprx` stands at the top of the configuration directory"
                                            : "`main.sprx` at the top is where reading begins; it takes others in with "
                                              "`include \"" +
                                                  found + "\";`");
    return Start::no_main;
  }
  out.add(Kind::no_main, {}, "there are `.sprx` files but no `main.sprx`, for example `" + others.front() + "`")
      .help("`main.sprx` is where reading begins; it takes others in with `include \"" + others.front() + "\";`");
  return Start::no_main;
}

/// Names in a message about files that are not read, and files that are looked at for it.
constexpr std::size_t kUnreadShown = 3;
constexpr std::size_t kUnreadLooked = 16;

/// Rule files beside `main.sprx`, and up to three folders deeper, that no `include` takes in: none of their rules
/// counts. A link to what is read is read too.
std::vector<std::string> unread_files(FileReader& files, const SourceSet& sources) {
  std::vector<std::string> found;
  for (const std::string_view pattern : kEverywhere) {
    std::vector<std::string> here;
    if (files.glob(kNoFile, pattern, &here) != FileReader::Outcome::ok) return {};
    found.insert(found.end(), here.begin(), here.end());
  }
  const std::size_t known = sources.size();
  std::unordered_set<std::string> read;
  for (std::size_t i = 0; i < known; ++i) read.insert(sources[static_cast<FileId>(i)].name);
  std::erase_if(found, [&](const std::string& name) { return read.contains(name); });
  found.resize(std::min(found.size(), kUnreadLooked));
  std::erase_if(found, [&](const std::string& name) {
    FileId id{};
    const FileReader::Outcome outcome = files.read(kNoFile, name, ParseLimits{}.file_bytes, &id);
    if (outcome == FileReader::Outcome::ok) return static_cast<std::size_t>(id) < known;
    return outcome == FileReader::Outcome::outside || outcome == FileReader::Outcome::missing;
  });
  return found;
}

/// The pattern that takes `file` in if the folder in `glob` is called as that of the file; "" unless they are alike.
std::string with_folder_of(const std::string& glob, const std::string& file) {
  const std::size_t slash = file.find('/');
  const std::size_t end = glob.find('/');
  if (slash == std::string::npos || end == std::string::npos || is_glob(glob.substr(0, end))) return {};
  const std::string folder = file.substr(0, slash);
  const std::string near = folder + glob.substr(end);
  const bool alike = folder != glob.substr(0, end) && !similar(glob.substr(0, end), {folder}).empty();
  return alike && glob_matches(near, file) ? near : std::string{};
}

void tell_unread(FileId main, const std::vector<EmptyGlob>& empty, FileReader& files, const SourceSet& sources,
                 DiagnosticList& out) {
  const std::vector<std::string> unread = unread_files(files, sources);
  if (unread.empty()) return;
  for (const EmptyGlob& glob : empty) {
    const std::string near = with_folder_of(glob.pattern, unread.front());
    if (near.empty() || glob.span.file != main) continue;
    out.add(Kind::unread_file, glob.span,
            "no file is called so, and nothing includes `" + unread.front() + "`, so no rule in it counts")
        .help("a folder with a similar name is there: `include \"" + near + "\";`")
        .fix(glob.span, "\"" + near + "\"", false);
    return;
  }
  std::string names;
  for (std::size_t i = 0; i < std::min(unread.size(), kUnreadShown); ++i)
    names += (i == 0 ? "`" : ", `") + unread[i] + "`";
  if (unread.size() > kUnreadShown) names += " and more";
  out.add(Kind::unread_file, {main, 0, 0},
          "nothing includes " + names + ", so no rule in " + (unread.size() == 1 ? "it" : "them") + " counts")
      .help("write `include \"" + unread.front() + "\";` in `main.sprx`, or keep it elsewhere");
}

bool redirects_somewhere(const RuleSet& rules) {
  return std::any_of(rules.actions.begin(), rules.actions.end(),
                     [](const Action& action) { return action.word == ActionWord::redirect; });
}

/// What is not looked for in a program with errors, where there would be something to look at. `whole`: it had none
/// before its rules were compared with each other.
void tell_left_out(const CheckedProgram& program, bool whole, DiagnosticList& out) {
  const RuleSet& rules = program.rules;
  const std::size_t count = rules.of(Phase::request).size() + rules.of(Phase::response).size();
  if (program.doubtful && count > 1) out.leave_out("rules that are never reached");
  if (!whole && redirects_somewhere(rules)) out.leave_out("redirect loops");
  const std::size_t tests = program.tests.cases.size();
  if (tests > 0) out.leave_out(std::to_string(tests) + (tests == 1 ? " test" : " tests"));
}

void compile_from(FileReader& files, const CompileOptions& options, Compilation& run) {
  FileId main{};
  const Start start = find_main(files, run.diagnostics, &main);
  if (start == Start::nothing && options.build) run.table = empty_table();
  if (start == Start::nothing && !options.build) run.program.emplace();
  if (start == Start::main) {
    Loaded loaded = load(main, files, run.sources, run.diagnostics, options.limits,
                         {.keep_trees = options.keep_trees, .syntax_errors = options.syntax_errors});
    run.trees = std::move(loaded.trees);
    AllowSet allows = collect_allows(loaded.file, run.diagnostics);
    run.diagnostics.silence_by(&allows);
    if (options.lints && run.ok()) tell_unread(main, loaded.empty_globs, files, run.sources, run.diagnostics);
    CheckedProgram program = check(loaded.file, files, run.sources, run.diagnostics, options.limits, options.tests);
    settle_doubts(run.sources, run.diagnostics);
    const bool whole = run.ok();
    if (!check_reachability(program, allows, run.diagnostics)) {
      for (const Kind kind : {Kind::hidden_rule, Kind::never_matches, Kind::hidden_line}) allows.not_looked_for(kind);
    }
    if (!whole || !check_loops(program, allows, run.diagnostics)) {
      for (const Kind kind : {Kind::redirect_loop, Kind::redirect_chain}) allows.not_looked_for(kind);
    }
    if (!run.ok()) tell_left_out(program, whole, run.diagnostics);
    run.tests = std::move(program.tests);
    if (options.tests) run.tests.conditions = std::move(program.conditions);
    allows.not_looked_for(Kind::rule_without_test);  // that is known when the tests have run
    if (options.lints && run.ok()) allows.report_unneeded(run.diagnostics);
    run.diagnostics.silence_by(nullptr);
    run.allows = std::move(allows);
    if (!options.lints) run.diagnostics.drop_lints();
    if (options.lints && program.lints_deny) run.diagnostics.deny_lints();
    if (run.ok() && options.build) run.table = build_table(std::move(program));
    if (run.ok() && !options.build) run.program = std::move(program);
  }
  run.diagnostics.sort(run.sources);
}

}  // namespace

Compilation compile(const std::filesystem::path& directory, const CompileOptions& options) {
  Compilation run;
  FileReader files(directory, run.sources, options.limits);
  files.read_instead(&options.instead);
  compile_from(files, options, run);
  return run;
}

Compilation compile(MemoryFiles in_memory, const CompileOptions& options) {
  Compilation run;
  FileReader files(std::move(in_memory), run.sources, options.limits);
  compile_from(files, options, run);
  return run;
}

}  // namespace sprx
