// The pages of `sprx explain`, embedded at build time from compiler/explain/CODE.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sprx {

struct ExplainPage {
  std::string_view code;
  std::string_view text;  ///< Markdown
};
/// All pages in order of code.
[[nodiscard]] const std::vector<ExplainPage>& explain_pages();

/// An example of a page: a fenced block marked `LANGUAGE wrong [FILE]` or `LANGUAGE right [FILE]`. The wrong files
/// together are a configuration that gives the diagnostic of the page, the right ones together one that does not. (What
/// passes a limit, E8, is shown small: a test makes the limit smaller.)
struct ExplainExample {
  std::string file;  ///< `main.sprx` where no name stands
  bool wrong = false;
  std::string text;
};
/// The examples of a page, in order. Blocks that are not marked are no examples.
[[nodiscard]] std::vector<ExplainExample> explain_examples(std::string_view page);

}  // namespace sprx
