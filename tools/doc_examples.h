// The examples of the reference, from doc_examples.def: one for each field, function and action, and the declarations.
#pragma once

#include <array>
#include <string_view>

#include "compiler/table/vocabulary.h"

namespace sprx {

/// The request of the reference, whose values the examples of the fields show.
inline constexpr std::string_view kExampleRequest = "GET https://www.Example.com:8443/Shop//b.JPG?id=7&tag=a+b&tag=c";

struct FieldExample {
  Field id;
  std::string_view use;
  std::string_view value;
  std::string_view note;
};
struct FunctionExample {
  Function id;
  std::string_view use;
  std::string_view value;
  std::string_view header;
};
struct ActionExample {
  ActionWord id;
  std::string_view use;
  std::string_view note;
};
struct Declaration {
  std::string_view use;
  std::string_view note;
};

inline constexpr auto kFieldExamples = std::to_array<FieldExample>({
#define SPRX_FIELD_EXAMPLE(id, use, value, note) {Field::id, use, value, note},
#define SPRX_FUNCTION_EXAMPLE(id, use, value, header)
#define SPRX_ACTION_EXAMPLE(id, use, note)
#define SPRX_DECLARATION(use, note)
#include "tools/doc_examples.def"
#undef SPRX_FIELD_EXAMPLE
});
inline constexpr auto kFunctionExamples = std::to_array<FunctionExample>({
#define SPRX_FIELD_EXAMPLE(id, use, value, note)
#undef SPRX_FUNCTION_EXAMPLE
#define SPRX_FUNCTION_EXAMPLE(id, use, value, header) {Function::id, use, value, header},
#include "tools/doc_examples.def"
#undef SPRX_FUNCTION_EXAMPLE
});
inline constexpr auto kActionExamples = std::to_array<ActionExample>({
#define SPRX_FUNCTION_EXAMPLE(id, use, value, header)
#undef SPRX_ACTION_EXAMPLE
#define SPRX_ACTION_EXAMPLE(id, use, note) {ActionWord::id, use, note},
#include "tools/doc_examples.def"
#undef SPRX_ACTION_EXAMPLE
});
inline constexpr auto kDeclarations = std::to_array<Declaration>({
#define SPRX_ACTION_EXAMPLE(id, use, note)
#undef SPRX_DECLARATION
#define SPRX_DECLARATION(use, note) {use, note},
#include "tools/doc_examples.def"
#undef SPRX_FIELD_EXAMPLE
#undef SPRX_FUNCTION_EXAMPLE
#undef SPRX_ACTION_EXAMPLE
#undef SPRX_DECLARATION
});

/// One example for each word, in the order of its registry.
template <typename Examples, typename Words>
constexpr bool one_for_each(const Examples& examples, const Words& words) {
  if (examples.size() != words.size()) return false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (examples[i].id != words[i].id) return false;
  }
  return true;
}
static_assert(one_for_each(kFieldExamples, kFields) && one_for_each(kFunctionExamples, kFunctions));
static_assert(one_for_each(kActionExamples, kActions));

}  // namespace sprx
