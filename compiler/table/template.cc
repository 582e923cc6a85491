// Reading templates. First the text becomes parts, each with the places it came from; then every way of taking or
// leaving the optional parts is written out flat (at most 16 ways) and checked as a whole, so that nothing is missed at
// a seam.
#include "compiler/table/template.h"

#include <algorithm>
#include <fmt/format.h>

#include "compiler/table/template_reader.h"
#include "compiler/table/written_template.h"

namespace sprx::templates {
namespace {

/// Of one template at most so many mistakes are told.
constexpr std::size_t kMaxErrors = 16;

}  // namespace

void TemplateReader::error(std::size_t begin, std::size_t end, std::string message, std::string help) {
  const auto same = [&](const TemplateError& e) { return e.begin == begin && e.message == message; };
  if (errors_.size() >= kMaxErrors || std::any_of(errors_.begin(), errors_.end(), same)) return;
  errors_.push_back({begin, end, std::move(message), std::move(help)});
}

void TemplateReader::check_limits() {
  if (parts_.size() > kMaxTemplateTokens) {
    error(0, text_.size(), fmt::format("more than {} parts in a template", kMaxTemplateTokens),
          "write it as a pattern after `matches`");
  }
}

TemplateResult TemplateReader::read() {
  if (text_.empty()) error(0, 0, "an empty template", path() ? "every path begins with `/`" : "a host is never empty");
  read_parts();
  check_limits();
  if (errors_.empty() && !whole_literal()) {
    std::vector<std::size_t> way;
    expand(0, way);
    make_literals_canonical();
    if (errors_.empty()) {
      for (const auto& each : ways_) check_way(each);
    }
  }
  TemplateResult result;
  result.errors = std::move(errors_);
  if (!result.errors.empty()) return result;
  Template& made = result.value.emplace();
  made.kind = kind_;
  made.source = std::string(text_);
  made.names = std::move(names_);
  for (Part& part : parts_) made.tokens.push_back(std::move(part.token));
  return result;
}

}  // namespace sprx::templates

namespace sprx {

std::string_view Template::fixed_part() const {
  if (tokens.empty()) return {};
  const TemplateToken& token = kind == TemplateKind::path ? tokens.front() : tokens.back();
  return token.kind == TemplateToken::Kind::literal ? std::string_view(token.text) : std::string_view{};
}

bool Template::is_literal() const { return tokens.size() == 1 && tokens[0].kind == TemplateToken::Kind::literal; }

TemplateResult parse_template(std::string_view text, TemplateKind kind) {
  return templates::TemplateReader(text, kind, true).read();
}

TemplateResult parse_written_template(std::string_view text, TemplateKind kind) {
  return templates::TemplateReader(text, kind, false).read();
}

}  // namespace sprx
