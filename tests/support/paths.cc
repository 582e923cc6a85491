#include "support/paths.h"

namespace sprx::testing {

std::string testdata(std::string_view below) { return std::string(SPRX_SOURCE_DIR "/testdata").append(below); }

std::string source_tree(std::string_view below) { return std::string(SPRX_SOURCE_DIR).append(below); }

}  // namespace sprx::testing
