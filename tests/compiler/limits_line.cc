#include "tests/compiler/limits_line.h"

#include <map>
#include <sstream>

namespace sprx::testing {

CheckLimits limits_of_first_line(const std::string& text) {
  CheckLimits limits;
  const std::map<std::string, std::size_t*> names = {{"files", &limits.files},
                                                     {"include_depth", &limits.include_depth},
                                                     {"rules", &limits.rules},
                                                     {"rows", &limits.rows},
                                                     {"text_bytes", &limits.text_bytes},
                                                     {"group_depth", &limits.group_depth},
                                                     {"expression_nodes", &limits.expression_nodes},
                                                     {"string_bytes", &limits.string_bytes},
                                                     {"captures", &limits.captures},
                                                     {"templates", &limits.templates},
                                                     {"patterns", &limits.patterns},
                                                     {"body_file_bytes", &limits.body_file_bytes},
                                                     {"data_file_bytes", &limits.data_file_bytes},
                                                     {"names", &limits.names},
                                                     {"let_depth", &limits.let_depth},
                                                     {"tests", &limits.tests},
                                                     {"test_parts", &limits.test_parts},
                                                     {"test_bytes", &limits.test_bytes},
                                                     {"changing", &limits.changing},
                                                     {"actions", &limits.actions},
                                                     {"call_arguments", &limits.call_arguments}};
  std::istringstream line(text.substr(0, text.find('\n')));
  std::string word;
  if (!(line >> word) || word != "#" || !(line >> word) || word != "limits:") return limits;
  while (line >> word) {
    const std::size_t equal = word.find('=');
    if (const auto known = names.find(word.substr(0, equal)); known != names.end() && equal != std::string::npos)
      *known->second = std::stoul(word.substr(equal + 1));
  }
  return limits;
}

}  // namespace sprx::testing
