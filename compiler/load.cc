#include "compiler/load.h"

#include <algorithm>
#include <unordered_map>

#include "compiler/read_source.h"

namespace sprx {
namespace {

constexpr Kind kind_of(SyntaxErrorKind kind) {
  switch (kind) {
    case SyntaxErrorKind::unexpected:
      return Kind::syntax_unexpected;
    case SyntaxErrorKind::missing_semicolon:
      return Kind::syntax_missing_semicolon;
    case SyntaxErrorKind::unclosed_brace:
      return Kind::syntax_unclosed_brace;
    case SyntaxErrorKind::unclosed_bracket:
      return Kind::syntax_unclosed_bracket;
    case SyntaxErrorKind::stray_brace:
      return Kind::syntax_stray_brace;
    case SyntaxErrorKind::unterminated_string:
      return Kind::syntax_unterminated_string;
    case SyntaxErrorKind::unterminated_regex:
      return Kind::syntax_unterminated_regex;
    case SyntaxErrorKind::bad_escape:
      return Kind::syntax_bad_escape;
    case SyntaxErrorKind::bad_interpolation:
      return Kind::syntax_bad_interpolation;
    case SyntaxErrorKind::foreign_spelling:
      return Kind::syntax_foreign_spelling;
    case SyntaxErrorKind::reserved_word:
      return Kind::syntax_reserved_word;
    case SyntaxErrorKind::chained_comparison:
      return Kind::syntax_chained_comparison;
    case SyntaxErrorKind::too_deep:
      return Kind::syntax_too_deep;
    case SyntaxErrorKind::not_utf8:
      return Kind::syntax_not_utf8;
    case SyntaxErrorKind::control_character:
      return Kind::syntax_control_character;
    case SyntaxErrorKind::bad_number:
      return Kind::syntax_bad_number;
    case SyntaxErrorKind::empty_pattern:
      return Kind::syntax_empty_pattern;
    case SyntaxErrorKind::look_alike:
      return Kind::syntax_look_alike;
    case SyntaxErrorKind::hidden_order:
      return Kind::syntax_hidden_order;
    case SyntaxErrorKind::missing_comma:
      return Kind::syntax_missing_comma;
    case SyntaxErrorKind::stray_bracket:
      return Kind::syntax_stray_bracket;
    case SyntaxErrorKind::bare_text:
      return Kind::syntax_bare_text;
  }
  return Kind::syntax_unexpected;
}

Span span_of(const ast::Let& let) { return {let.name.span.file, let.name.span.begin, let.value.span.end}; }
template <typename Part>
Span span_of(const Part& part) {
  return part.span;
}

/// The places of parts other than groups, ascending: what is checked as far as it parsed, or left out of the program.
void places_of_parts(const std::vector<ast::Item>& items, std::vector<Span>& out) {
  for (const ast::Item& item : items) {
    if (const auto* group = std::get_if<ast::Group>(&item.is)) {
      places_of_parts(group->items, out);
    } else if (!std::holds_alternative<ast::Broken>(item.is)) {
      out.push_back(std::visit([](const auto& part) { return span_of(part); }, item.is));
    }
  }
}

/// Whether byte `at` is in one of them.
bool in_a_part(const std::vector<Span>& parts, std::uint32_t at) {
  const auto next = std::upper_bound(parts.begin(), parts.end(), at,
                                     [](std::uint32_t place, const Span& part) { return place < part.begin; });
  return next != parts.begin() && at <= (next - 1)->end;
}

/// Whether each mistake is one of a single rule, list or other part, so that what stands around it is as it was meant.
/// A mistake about braces may move rules into other groups, one in a group's head takes its condition away.
bool all_of_parts(const std::vector<SyntaxError>& errors, const std::vector<ast::Item>& items) {
  std::vector<Span> parts;
  if (!errors.empty()) places_of_parts(items, parts);
  return std::all_of(errors.begin(), errors.end(), [&](const SyntaxError& error) {
    const bool braces = error.kind == SyntaxErrorKind::unclosed_brace || error.kind == SyntaxErrorKind::stray_brace ||
                        error.kind == SyntaxErrorKind::unterminated_string || error.kind == SyntaxErrorKind::too_deep ||
                        error.kind == SyntaxErrorKind::not_utf8;
    return !braces && in_a_part(parts, error.primary.begin);
  });
}

/// Follows includes depth first.
class Loader {
 public:
  Loader(FileReader& files, SourceSet& sources, DiagnosticList& out, const CheckLimits& limits,
         const LoadOptions& options)
      : files_(files), sources_(sources), out_(out), limits_(limits), options_(options) {}

  ast::File file(FileId id, std::vector<SyntaxTree>& trees) {
    ParseLimits parse_limits;
    parse_limits.errors = options_.syntax_errors;
    ParseResult parsed = parse(id, sources_[id].text, parse_limits);
    for (const SyntaxError& error : parsed.errors) {
      report(error, out_);
      // Which quote is missing on the line is a guess: nothing else is said of its texts.
      if (error.kind == SyntaxErrorKind::unterminated_string) out_.cover(line_of(id, error.primary));
      // Nor is anything of what stands for a number that is none.
      const Span& at = error.primary;
      if (error.kind == SyntaxErrorKind::bad_number)
        out_.cover({id, at.begin - std::min<std::uint32_t>(at.begin, 1), at.end + 1});  // with its sign
    }
    ast::File out = ast::build(parsed.tree, sources_[id].text);
    if (out.too_deep.known())
      out_.add(Kind::syntax_too_deep, out.too_deep, "nested too deep").help("give an inner part a name with `let`");
    out.incomplete = out.incomplete || !parsed.errors.empty() || out.too_deep.known();
    out.doubtful = out.too_deep.known() || !all_of_parts(parsed.errors, out.items);
    if (options_.keep_trees) trees.push_back(std::move(parsed.tree));
    open_.push_back({id, {}});
    state_[id] = State::open;
    splice(out.items, out, trees);
    open_.pop_back();
    state_[id] = State::done;
    return out;
  }

  std::vector<EmptyGlob> take_empty_globs() { return std::move(empty_globs_); }

 private:
  [[nodiscard]] Span line_of(FileId id, Span place) const {
    const std::string& text = sources_[id].text;
    const std::size_t before = text.rfind('\n', place.begin);
    const std::size_t after = text.find('\n', place.begin);
    return {id, before == std::string::npos ? 0 : static_cast<std::uint32_t>(before + 1),
            static_cast<std::uint32_t>(after == std::string::npos ? text.size() : after)};
  }

  enum class State : std::uint8_t { open, done };
  struct Open {
    FileId id;
    Span include;  ///< the include in it that is being followed
  };

  FileReader& files_;
  SourceSet& sources_;
  DiagnosticList& out_;
  const CheckLimits& limits_;
  const LoadOptions& options_;
  bool full_ = false;
  std::size_t asked_ = 0;  ///< for a file like one that is not there
  std::vector<EmptyGlob> empty_globs_;
  std::vector<Open> open_;
  std::unordered_map<FileId, State> state_;

  void splice(std::vector<ast::Item>& items, ast::File& whole, std::vector<SyntaxTree>& trees) {
    const bool includes = std::any_of(items.begin(), items.end(), [](const ast::Item& item) {
      return std::holds_alternative<ast::Include>(item.is) || std::holds_alternative<ast::Group>(item.is);
    });
    if (!includes) return;
    std::vector<ast::Item> spliced;
    for (ast::Item& item : items) {
      if (auto* group = std::get_if<ast::Group>(&item.is)) splice(group->items, whole, trees);
      if (const auto* include = std::get_if<ast::Include>(&item.is)) {
        follow(*include, spliced, whole, trees);
      } else {
        spliced.push_back(std::move(item));
      }
    }
    items = std::move(spliced);
  }

  void follow(const ast::Include& include, std::vector<ast::Item>& into, ast::File& whole,
              std::vector<SyntaxTree>& trees) {
    const ast::Expr& name = include.file;
    if (name.is(ast::Expr::Kind::error)) return;
    if (!name.is_plain_string()) {
      out_.add(Kind::no_interpolation, name.span, "a file name is taken as it is, without `${…}`");
      return;
    }
    const std::string text = name.plain_text();
    if (!is_glob(text)) return one(text, name, false, into, whole, trees);
    if (text.find("**") != std::string::npos) {
      two_stars(name, text);
      whole.incomplete = true;
      return;
    }
    std::vector<std::string> found;
    const FileReader::Outcome outcome = files_.glob(name.span.file, text, &found);
    if (outcome == FileReader::Outcome::too_many) {
      out_.add(Kind::limit_files, name.span, "`" + text + "` looks at too many files")
          .help("put the files in a directory of their own");
      return;
    }
    if (outcome == FileReader::Outcome::unreadable) {
      out_.add(Kind::include_missing, name.span, files_.why()).help("its rules would be left out without a word");
      whole.incomplete = true;
      return;
    }
    if (outcome != FileReader::Outcome::ok) return outside(name, text);
    if (found.empty()) empty_globs_.push_back({name.span, text});
    for (const std::string& path : found) one(path, name, true, into, whole, trees);
  }

  /// `rules/**/*.sprx`: elsewhere it goes down through all folders.
  void two_stars(const ast::Expr& name, const std::string& text) {
    const std::size_t at = text.find("**");
    const bool folder = text.compare(at, 3, "**/") == 0;
    const std::string begin = text.substr(0, at);
    const std::string rest = text.substr(at + (folder ? 3 : 2));
    const std::string here = begin + (folder ? "" : "*") + rest;
    const std::string deeper = begin + (folder ? "*/" : "*/*") + rest;
    constexpr std::size_t kGlobShown = 40;
    const bool shown = text.size() <= kGlobShown && rest.find("**") == std::string::npos;
    out_.add(Kind::glob_depth, name.place_in_text(at, at + 2),
             "`**` does not go deeper than `*` in the name of included files")
        .help("each depth is an `include` of its own: " +
              (shown ? "`include \"" + here + "\";` and `include \"" + deeper + "\";`"
                     : std::string("`include \"rules/*.sprx\";` and `include \"rules/*/*.sprx\";`")));
  }

  void outside(const ast::Expr& name, const std::string& text) {
    out_.add(Kind::outside_directory, name.span, "`" + text + "` leaves the configuration directory")
        .help("files stand in the configuration directory; their names are relative to the file that names them");
  }

  /// `globbed`: `text` came from a pattern and is relative to the directory; files that are there already are passed
  /// over.
  void one(const std::string& text, const ast::Expr& name, bool globbed, std::vector<ast::Item>& into, ast::File& whole,
           std::vector<SyntaxTree>& trees) {
    FileId id{};
    if (!read(text, name, globbed, &id)) {
      whole.incomplete = true;
      return;
    }
    const auto known = state_.find(id);
    if (known != state_.end() && known->second == State::open) {
      if (!globbed || open_.back().id != id) cycle(id, name);
      return;
    }
    if (known != state_.end()) {
      if (!globbed) {
        out_.add(Kind::included_again, name.span, "`" + text + "` is included already, each file is taken once")
            .help("remove this line");
      }
      return;
    }
    if (open_.size() >= limits_.include_depth) {
      out_.add(Kind::limit_include_depth, name.span,
               "includes nest at most " + std::to_string(limits_.include_depth) + " deep")
          .help("include the file from a file further up");
      whole.incomplete = true;
      return;
    }
    open_.back().include = name.span;
    ast::File inner = file(id, trees);
    whole.incomplete = whole.incomplete || inner.incomplete;
    whole.doubtful = whole.doubtful || inner.doubtful;
    std::move(inner.items.begin(), inner.items.end(), std::back_inserter(into));
  }

  /// The rule file of the same folder whose name is most like `text`; "" if none is near. Few are asked for.
  std::string near_file(FileId from, const std::string& text) {
    constexpr std::size_t kLookedAt = 1'000;
    constexpr std::size_t kMostAsked = 20;
    const std::size_t slash = text.rfind('/');
    const std::string folder = slash == std::string::npos ? std::string{} : text.substr(0, slash + 1);
    std::vector<std::string> found;
    if (from == kNoFile || ++asked_ > kMostAsked ||
        files_.glob(from, folder + "*.sprx", &found) != FileReader::Outcome::ok || found.size() > kLookedAt)
      return {};
    std::vector<std::string_view> names;
    for (const std::string& file : found) {
      if (file != sources_[from].name) names.push_back(std::string_view(file).substr(file.rfind('/') + 1));
    }
    const std::string near(similar(std::string_view(text).substr(folder.size()), names));
    return near.empty() ? near : folder + near;
  }

  bool read(const std::string& text, const ast::Expr& name, bool globbed, FileId* id) {
    // A name from a glob is relative to the directory already.
    const FileId from = globbed ? kNoFile : name.span.file;
    switch (files_.read(from, text, ParseLimits{}.file_bytes, id)) {
      case FileReader::Outcome::ok:
        return true;
      case FileReader::Outcome::outside:
        outside(name, text);
        return false;
      case FileReader::Outcome::missing: {
        Diagnostic& d = out_.add(Kind::include_missing, name.span, "there is no file `" + text + "` to include");
        if (const std::string near = near_file(from, text); !near.empty()) {
          d.help("a file with a similar name is there: `" + near + "`").fix(name.span, "\"" + near + "\"", false);
        } else {
          d.help("its name is relative to the file that names it; a pattern such as `\"*.sprx\"` may match nothing");
        }
        return false;
      }
      case FileReader::Outcome::too_large:
        out_.add(Kind::limit_data_file, name.span,
                 "`" + text + "` is larger than " + std::to_string(ParseLimits{}.file_bytes) + " bytes");
        return false;
      case FileReader::Outcome::too_many:
        if (!full_)
          out_.add(Kind::limit_files, name.span,
                   "more than " + std::to_string(limits_.files) + " files in one configuration");
        full_ = true;
        return false;
      case FileReader::Outcome::unreadable:
        break;
    }
    out_.add(Kind::include_missing, name.span, "`" + text + "` cannot be read as a file: " + files_.why());
    return false;
  }

  void cycle(FileId id, const ast::Expr& name) {
    Diagnostic& d = out_.add(Kind::include_cycle, name.span, "`" + sources_[id].name + "` includes itself");
    for (const Open& open : open_) {
      if (open.include.known() && (open.id == id || d.labels.empty() == false)) d.label(open.include, "on the way");
    }
    d.help("take one of the includes away");
  }
};

}  // namespace

void report(const SyntaxError& error, DiagnosticList& out) {
  Diagnostic& d = out.add(kind_of(error.kind), error.primary, error.message);
  for (const SyntaxError::Label& label : error.labels) {
    const bool itself = error.primary.file == label.span.file && error.primary.begin <= label.span.begin &&
                        label.span.end <= error.primary.end;
    if (!itself) d.label(label.span, label.text);
  }
  if (!error.help.empty()) d.help(error.help);
  for (const SyntaxError::Fix& fix : error.fixes) d.fix(fix.span, fix.replacement, fix.certain);
}

Loaded load(FileId main, FileReader& files, SourceSet& sources, DiagnosticList& out, const CheckLimits& limits,
            const LoadOptions& options) {
  Loaded loaded;
  Loader loader(files, sources, out, limits, options);
  loaded.file = loader.file(main, loaded.trees);
  loaded.empty_globs = loader.take_empty_globs();
  return loaded;
}

}  // namespace sprx
