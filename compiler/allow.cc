#include "compiler/allow.h"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>

namespace sprx {
namespace {

auto order(Kind kind, Span span) { return std::tuple(kind, span.file, span.begin, ~span.end); }

bool within(Span inner, Span outer) {
  return inner.known() && outer.known() && inner.file == outer.file && outer.begin <= inner.begin &&
         inner.end <= outer.end;
}

const KindInfo* find_code(std::string_view code) {
  for (const KindInfo& kind : all_kinds()) {
    if (kind.code == code) return &kind;
  }
  return nullptr;
}

/// Walks the syntax and takes what stands in each scope.
class Collector {
 public:
  Collector(AllowSet& set, DiagnosticList& out) : set_(set), out_(out) {}

  /// `scope`: the group these items stand in, unknown at the top.
  void items(const std::vector<ast::Item>& items, Span scope) {
    for (const ast::Item& item : items) {
      if (const auto* allow = std::get_if<ast::Allow>(&item.is)) {
        const bool of_group = scope.known() && allow->span.file == scope.file;
        take(allow->code, allow->reason, allow->span, of_group ? scope : Span{},
             of_group ? included_files(items, scope.file) : std::vector<FileId>{allow->span.file});
      } else if (const auto* group = std::get_if<ast::Group>(&item.is)) {
        this->items(group->items, group->span);
      } else if (const auto* rule = std::get_if<ast::Rule>(&item.is)) {
        for (const ast::Statement& statement : rule->statements) {
          if (const auto* action = std::get_if<ast::Action>(&statement)) take(*action, rule->span);
        }
      } else if (const auto* list = std::get_if<ast::List>(&item.is)) {
        block(list->block, list->span);
      } else if (const auto* lines = std::get_if<ast::Redirects>(&item.is)) {
        block(lines->block, lines->span);
      } else if (const auto* limit = std::get_if<ast::Limit>(&item.is)) {
        block(limit->block, limit->span);
      }
    }
  }

 private:
  AllowSet& set_;
  DiagnosticList& out_;

  void block(const std::optional<ast::Block>& block, Span scope) {
    if (!block) return;
    for (const ast::Action& action : block->actions) take(action, scope);
  }

  /// Files whose items stand among these because they were included here.
  static std::vector<FileId> included_files(const std::vector<ast::Item>& items, FileId own) {
    std::vector<FileId> files;
    const auto note = [&](Span span) {
      if (span.known() && span.file != own && (files.empty() || files.back() != span.file)) files.push_back(span.file);
    };
    for (const ast::Item& item : items) {
      std::visit(
          [&](const auto& it) {
            if constexpr (requires { it.span; }) note(it.span);
            if constexpr (requires { it.value.span; }) note(it.value.span);
          },
          item.is);
      const auto* group = std::get_if<ast::Group>(&item.is);
      if (group == nullptr) continue;
      const std::vector<FileId> inner = included_files(group->items, own);
      files.insert(files.end(), inner.begin(), inner.end());
    }
    return files;
  }

  void take(const ast::Action& action, Span scope) {
    using K = ast::Expr::Kind;
    if (action.word.text != "allow" || action.incomplete) return;
    const bool code = !action.arguments.empty() && action.arguments[0].is(K::path);
    for (const ast::Expr& argument : action.arguments) {
      if (argument.is(K::error)) return;
    }
    if (lets_through(action)) return;
    if (!code) {
      Diagnostic& d =
          out_.add(Kind::bad_allow_code, action.arguments.empty() ? action.word.span : action.arguments[0].span,
                   "`allow` wants the code of a finding");
      d.help("write it without quotes: `allow L0004 \"reason\";`");
      return;
    }
    if (action.arguments.size() > 2 || action.assigned || action.block) {
      const Span where = action.arguments.size() > 2 ? action.arguments[2].span
                         : action.assigned           ? action.assigned->span
                                                     : action.block->span;
      out_.add(Kind::bad_action, {where.file, where.begin, std::max(where.begin + 1, where.end)},
               "`allow` takes a code and a reason, nothing else")
          .help("write `allow L0004 \"reason\";`");
      return;
    }
    const ast::Expr& name = action.arguments[0];
    if (action.arguments.size() < 2) {
      no_reason(name.span, name.text);
      return;
    }
    take({name.text, name.span}, action.arguments[1], action.span, scope, {});
  }

  /// `allow;`, `allow office;`, `allow client.ip in office;`: what other languages let a request through with.
  bool lets_through(const ast::Action& action) {
    using K = ast::Expr::Kind;
    if (action.assigned || action.block || action.arguments.size() > 1) return false;
    const bool any = !action.arguments.empty();
    if (any && action.arguments[0].is(K::path) && looks_like_code(action.arguments[0].text)) return false;
    if (any && !action.arguments[0].is(K::path) && !action.arguments[0].is(K::comparison)) return false;
    Diagnostic& d = out_.add(Kind::bad_allow_code, any ? action.arguments[0].span : action.word.span,
                             "`allow` silences a finding by its code, it lets no request through");
    if (any) {
      d.help("what is let through has a rule of its own, before those that refuse: `when …; forward;`");
    } else {
      d.help("write `forward;`: stop here and send the request on").fix(action.word.span, "forward", false);
    }
    return true;
  }

  /// `E3001`, and what was meant as one.
  static bool looks_like_code(std::string_view text) {
    return text.size() > 1 && (text[0] == 'E' || text[0] == 'L' || text[0] == 'e' || text[0] == 'l') &&
           text.find_first_of("0123456789") != std::string_view::npos;
  }

  void no_reason(Span where, const std::string& code) {
    out_.add(Kind::allow_without_reason, where, "`allow` wants a reason")
        .help("say why it is fine here: `allow " + code + " \"reason\";`");
  }

  void take(const ast::Ident& code, const ast::Expr& reason, Span where, Span scope, std::vector<FileId> files) {
    if (!code.known() || reason.is(ast::Expr::Kind::error)) return;
    const KindInfo* const kind = find_code(code.text);
    if (kind == nullptr) {
      out_.add(Kind::bad_allow_code, code.span, "there is no code `" + code.text + "`")
          .help("findings show their code in brackets, such as `L0004` or `E3001`");
      return;
    }
    if (!can_be_allowed(kind->id)) {
      out_.add(Kind::bad_allow_code, code.span,
               "`" + code.text + "` is an error that cannot be allowed: " + std::string(kind->title))
          .help("`allow` is for lints, for rules that never match (`E3001`, `E3002`) and for loops of redirects");
      return;
    }
    if (!reason.is(ast::Expr::Kind::string)) return no_reason(reason.span, code.text);
    if (!reason.is_plain_string()) {
      out_.add(Kind::no_interpolation, reason.span, "a reason is taken as it is, without `${…}`")
          .help("a `$` before `{` is written `\\$`");
      return;
    }
    if (reason.plain_text().find_first_not_of(" \t\r\n") == std::string::npos) return no_reason(reason.span, code.text);
    set_.add(kind->id, where, scope, std::move(files));
  }
};

}  // namespace

bool can_be_allowed(Kind kind) {
  const KindInfo& known = info(kind);
  if (known.severity == Severity::lint || known.code.starts_with("E3")) return true;
  return known.code.starts_with("E4") && known.code >= "E4006";
}

void AllowSet::add(Kind kind, Span where, Span scope, std::vector<FileId> files) {
  entries_.push_back({kind, where, scope, std::move(files), kNone, false});
}

void AllowSet::seal() {
  std::stable_sort(entries_.begin(), entries_.end(),
                   [](const Entry& a, const Entry& b) { return order(a.kind, a.scope) < order(b.kind, b.scope); });
  std::vector<std::uint32_t> open;
  for (std::uint32_t i = 0; i < entries_.size(); ++i) {
    Entry& entry = entries_[i];
    if (!entry.files.empty()) by_files_.push_back(i);
    while (!open.empty() &&
           (entries_[open.back()].kind != entry.kind || !within(entry.scope, entries_[open.back()].scope)))
      open.pop_back();
    entry.parent = open.empty() ? kNone : open.back();
    open.push_back(i);
  }
}

std::uint32_t AllowSet::innermost(Kind kind, Span place) const {
  if (!place.known()) return kNone;
  const auto after =
      std::upper_bound(entries_.begin(), entries_.end(), std::tuple(kind, place.file, place.begin, ~std::uint32_t{0}),
                       [](const auto& key, const Entry& e) { return key < order(e.kind, e.scope); });
  if (after == entries_.begin()) return kNone;
  auto at = static_cast<std::uint32_t>(after - entries_.begin() - 1);
  if (entries_[at].kind != kind) return kNone;
  while (at != kNone && !within(place, entries_[at].scope)) at = entries_[at].parent;
  return at;
}

bool AllowSet::silences(Kind kind, Span primary, Span owner) {
  if (entries_.empty() || !can_be_allowed(kind)) return false;
  for (const Span place : {primary, owner}) {
    const std::uint32_t at = innermost(kind, place);
    if (at == kNone) continue;
    entries_[at].used = true;
    return true;
  }
  for (const std::uint32_t at : by_files_) {
    Entry& entry = entries_[at];
    const auto holds = [&](Span place) {
      return place.known() && std::find(entry.files.begin(), entry.files.end(), place.file) != entry.files.end();
    };
    if (entry.kind != kind || (!holds(primary) && !holds(owner))) continue;
    entry.used = true;
    return true;
  }
  return false;
}

void AllowSet::report_one(const Entry& entry, DiagnosticList& out) {
  out.add(Kind::unneeded_allow, entry.where,
          "this `allow` silences nothing: there is no `" + std::string(info(entry.kind).code) + "` here")
      .help("remove it");
}

void AllowSet::report_unneeded(DiagnosticList& out) {
  // In two passes, since `allow L0020` may silence what the first finds, and what is found later.
  bool more_later = false;
  for (const bool about_itself : {false, true}) {
    if (about_itself && more_later) return;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      const Entry entry = entries_[i];
      if (entry.used || (entry.kind == Kind::unneeded_allow) != about_itself) continue;
      more_later = more_later || was_skipped(entry.kind);
      if (!was_skipped(entry.kind) && !depends_on_date(entry.kind)) report_one(entry, out);
    }
  }
}

void AllowSet::report_unneeded(Kind late, DiagnosticList& out) {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Entry entry = entries_[i];
    if (entry.kind == late && !entry.used && !silences(Kind::unneeded_allow, entry.where, {})) report_one(entry, out);
  }
}

AllowSet collect_allows(const ast::File& file, DiagnosticList& out) {
  AllowSet set;
  Collector(set, out).items(file.items, {});
  set.seal();
  return set;
}

}  // namespace sprx
