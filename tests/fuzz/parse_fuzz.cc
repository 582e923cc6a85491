// Fuzzes parse(): any bytes give sorted mistakes with spans in range and a well-formed tree, or this aborts.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "grammar/parse.h"

namespace {

void require(bool kept) {
  if (!kept) {
    std::abort();
  }
}

void check(std::string_view text) {
  const sprx::ParseResult result = sprx::parse(sprx::FileId{0}, text);
  const auto in_range = [&](const sprx::Span& span) { return span.begin <= span.end && span.end <= text.size(); };
  for (std::size_t i = 0; i < result.errors.size(); ++i) {
    require(in_range(result.errors[i].primary));
    require(i == 0 || result.errors[i - 1].primary.begin < result.errors[i].primary.begin);
    require(!result.errors[i].message.empty());
    for (const auto& label : result.errors[i].labels) {
      require(in_range(label.span));
    }
    for (const auto& fix : result.errors[i].fixes) require(in_range(fix.span));
  }
  require(result.tree.root < result.tree.nodes.size());
  require(!result.tree[result.tree.root].incomplete || !result.errors.empty());
  for (sprx::NodeId id = 0; id < result.tree.nodes.size(); ++id) {
    const sprx::Node& node = result.tree[id];
    require(node.begin <= node.end && node.end <= text.size());
    require(node.first_child == sprx::Node::kNone || node.first_child < id);
  }
  require(!sprx::dump(result.tree, text).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check({reinterpret_cast<const char*>(data), size});
  return 0;
}
