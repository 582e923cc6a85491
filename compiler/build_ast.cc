#include <array>

#include "compiler/tree_reader.h"

namespace sprx::ast {
namespace {

class Builder : private TreeReader {
 public:
  using TreeReader::TreeReader;

  File file() {
    File out;
    out.id = tree_.file;
    if (tree_.root == Node::kNone) return out;
    out.incomplete = tree_[tree_.root].incomplete;
    items(tree_.root, out.items, 0);
    out.too_deep = too_deep_;
    return out;
  }

 private:
  [[nodiscard]] Ident ident(NodeId id) const { return {std::string(text_of(id)), tree_.span(id)}; }
  /// The child at `place` if it is a name, else an unknown one.
  [[nodiscard]] Ident name_at(const std::vector<NodeId>& kids, std::size_t place) const {
    if (place < kids.size() && node(kids[place]).kind == NodeKind::name) return ident(kids[place]);
    return {};
  }
  /// The first child that is a string, as an expression; an `error` one where there is none.
  [[nodiscard]] Expr string_of(const std::vector<NodeId>& kids) {
    for (const NodeId kid : kids) {
      if (node(kid).kind == NodeKind::string) return expr(kid, 0);
    }
    return {};
  }

  void items(NodeId parent, std::vector<Item>& out, int depth) {
    for (NodeId at = node(parent).first_child; at != Node::kNone; at = node(at).next_sibling) {
      if (node(at).kind != NodeKind::name && !is_group_when(parent, at)) item(at, out, depth);
    }
  }
  /// Of a group's children the name and the condition are not items.
  [[nodiscard]] bool is_group_when(NodeId parent, NodeId at) const {
    return node(parent).kind == NodeKind::group && (node(at).kind == NodeKind::when || is_condition(node(at).kind));
  }
  /// A condition of which only a beginning could be read.
  [[nodiscard]] bool is_cut(const std::vector<NodeId>& parts) const {
    return parts.size() > 1 && node(parts.back()).kind == NodeKind::error;
  }
  static bool is_condition(NodeKind kind) { return kind >= NodeKind::or_expr && kind != NodeKind::error; }

  void item(NodeId at, std::vector<Item>& out, int depth) {
    const std::vector<NodeId> kids = children(at);
    const Span span = tree_.span(at);
    switch (node(at).kind) {
      case NodeKind::include:
        out.push_back({Include{string_of(kids), span}});
        return;
      case NodeKind::settings:
        out.push_back({Settings{kids.empty() ? Block{} : block(kids.back(), depth + 1), span}});
        return;
      case NodeKind::list:
      case NodeKind::table:
        out.push_back({list(at, kids, depth)});
        return;
      case NodeKind::redirects:
        out.push_back({redirects(at, kids, depth)});
        return;
      case NodeKind::let:
        out.push_back({let(kids, depth)});
        return;
      case NodeKind::rule:
        out.push_back({rule(at, kids, depth)});
        return;
      case NodeKind::group:
        out.push_back({group(at, kids, depth)});
        return;
      case NodeKind::flag:
        out.push_back({Flag{name_at(kids, 0), node(at).flag_a, span}});
        return;
      case NodeKind::limit:
        out.push_back({Limit{name_at(kids, 0), last_block(kids, depth), span, node(at).incomplete}});
        return;
      case NodeKind::test:
        out.push_back({Test{name_at(kids, 0), last_block(kids, depth), span, node(at).incomplete}});
        return;
      case NodeKind::tests:
        out.push_back({Tests{name_at(kids, 0), string_of(kids), span}});
        return;
      case NodeKind::allow:
        out.push_back({Allow{name_at(kids, 0), string_of(kids), span}});
        return;
      default:
        out.push_back({broken(at)});
        return;
    }
  }

  /// The block that ends a declaration; empty where it did not parse.
  Block last_block(const std::vector<NodeId>& kids, int depth) {
    return kids.empty() ? Block{} : block(kids.back(), depth + 1);
  }

  /// Every name in what did not parse may have been declared there.
  Broken broken(NodeId at) const {
    Broken out{{}, tree_.span(at)};
    std::vector<NodeId> open{at};
    while (!open.empty()) {
      const NodeId id = open.back();
      open.pop_back();
      if (node(id).kind == NodeKind::name || node(id).kind == NodeKind::path) out.names.push_back(ident(id));
      for (const NodeId kid : children(id)) open.push_back(kid);
    }
    // A declaration of which not even the name is a node: the words at its start may be what it declares.
    std::string_view rest = text_of(at);
    for (int words = 0; words < 3 && !rest.empty(); ++words) {
      std::size_t size = 0;
      while (size < rest.size() && (std::isalnum(static_cast<unsigned char>(rest[size])) != 0 || rest[size] == '_'))
        ++size;
      if (size == 0) break;
      out.names.push_back({std::string(rest.substr(0, size)), out.span});
      rest.remove_prefix(size);
      while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) rest.remove_prefix(1);
    }
    return out;
  }

  List list(NodeId at, const std::vector<NodeId>& kids, int depth) {
    List out;
    out.table = node(at).kind == NodeKind::table;
    out.dynamic = node(at).flag_a;
    out.span = tree_.span(at);
    std::size_t names = 0;
    for (const NodeId kid : kids) {
      if (node(kid).kind == NodeKind::name) {
        (names == 0 ? out.name : names == 1 ? out.key_type : out.value_type) = ident(kid);
        ++names;
      } else if (node(kid).kind == NodeKind::source) {
        out.source = source(kid);
      } else if (node(kid).kind == NodeKind::block) {
        out.block = block(kid, depth + 1);
      }
    }
    if (node(at).incomplete && out.source.kind == Source::Kind::none) out.source.incomplete = true;
    return out;
  }

  Source source(NodeId at) {
    Source out;
    out.nocase = node(at).flag_b;
    out.incomplete = node(at).incomplete;
    out.span = tree_.span(at);
    for (const NodeId kid : children(at)) {
      const NodeKind kind = node(kid).kind;
      if (kind == NodeKind::string) {
        out.kind = Source::Kind::file;
        out.file = expr(kid, 0);
      } else if (kind == NodeKind::list_literal) {
        out.kind = Source::Kind::list;
        for (const NodeId row : children(kid)) out.items.push_back(expr(row, 0));
      } else if (kind == NodeKind::map_literal) {
        out.kind = Source::Kind::map;
        for (const NodeId row : children(kid)) {
          const std::vector<NodeId> pair = children(row);
          if (node(row).kind != NodeKind::map_entry || pair.size() != 2) continue;
          out.items.push_back(expr(pair[0], 0));
          out.items.push_back(expr(pair[1], 0));
        }
      }
    }
    return out;
  }

  Redirects redirects(NodeId at, const std::vector<NodeId>& kids, int depth) {
    Redirects out;
    out.name = name_at(kids, 0);
    out.nocase = node(at).flag_b;
    out.file = string_of(kids);
    out.span = tree_.span(at);
    if (!kids.empty() && node(kids.back()).kind == NodeKind::block) out.block = block(kids.back(), depth + 1);
    return out;
  }

  Let let(const std::vector<NodeId>& kids, int depth) {
    Let out;
    out.name = name_at(kids, 0);
    if (kids.size() > 1) out.value = expr(kids[1], depth + 1);
    out.cut = is_cut(kids);
    return out;
  }

  Rule rule(NodeId at, const std::vector<NodeId>& kids, int depth) {
    Rule out;
    out.response = node(at).flag_a;
    out.incomplete = node(at).incomplete;
    out.name = name_at(kids, 0);
    out.span = tree_.span(at);
    for (const NodeId kid : kids) {
      const std::vector<NodeId> parts = children(kid);
      switch (node(kid).kind) {
        case NodeKind::when:
          out.statements.emplace_back(
              When{parts.empty() ? Expr{} : expr(parts[0], depth + 1), tree_.span(kid), is_cut(parts)});
          break;
        case NodeKind::over:
          out.statements.emplace_back(Over{name_at(parts, 0), tree_.span(kid)});
          break;
        case NodeKind::let:
          out.statements.emplace_back(let(parts, depth));
          break;
        case NodeKind::log:
        case NodeKind::action:
          out.statements.emplace_back(action(kid, depth + 1));
          break;
        default:
          break;
      }
    }
    return out;
  }

  Group group(NodeId at, const std::vector<NodeId>& kids, int depth) {
    Group out;
    out.name = name_at(kids, 0);
    out.span = tree_.span(at);
    for (const NodeId kid : kids) {
      if (node(kid).kind == NodeKind::when) {
        const std::vector<NodeId> parts = children(kid);
        out.when = parts.empty() ? Expr{} : expr(parts[0], 0);
        out.when_cut = is_cut(parts) || node(at).flag_b;
      } else if (is_condition(node(kid).kind) && node(kid).kind != NodeKind::name) {
        out.when = expr(kid, 0);
      }
    }
    if (!too_deep(at, depth + 1)) items(at, out.items, depth + 1);
    return out;
  }

  Block block(NodeId at, int depth) {
    Block out;
    out.span = tree_.span(at);
    out.incomplete = node(at).incomplete;
    if (node(at).kind != NodeKind::block || too_deep(at, depth)) return out;
    for (const NodeId kid : children(at)) {
      if (node(kid).kind == NodeKind::action || node(kid).kind == NodeKind::log)
        out.actions.push_back(action(kid, depth + 1));
    }
    return out;
  }

  Action action(NodeId at, int depth) {
    Action out;
    out.span = tree_.span(at);
    out.incomplete = node(at).incomplete;
    const std::vector<NodeId> kids = children(at);
    std::size_t next = 0;
    if (node(at).kind == NodeKind::log) {
      out.word = {"log", {tree_.file, node(at).begin, node(at).begin + 3}};
      out.key = name_at(kids, 0);
      if (kids.size() > 1) out.assigned = expr(kids[1], depth);
      return out;
    }
    out.word = name_at(kids, 0);
    for (next = out.word.known() ? 1 : 0; next < kids.size(); ++next) {
      const NodeId kid = kids[next];
      if (node(kid).kind == NodeKind::assigned) {
        const std::vector<NodeId> parts = children(kid);
        out.assigned = parts.empty() ? Expr{} : expr(parts[0], depth);
      } else if (node(kid).kind == NodeKind::block) {
        out.block = block(kid, depth + 1);
      } else {
        out.arguments.push_back(expr(kid, depth));
      }
    }
    return out;
  }
};

}  // namespace

File build(const SyntaxTree& tree, std::string_view text) { return Builder(tree, text).file(); }

}  // namespace sprx::ast
