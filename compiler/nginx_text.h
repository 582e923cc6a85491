// Variables of nginx as they stand in text.
#pragma once

#include <string>
#include <string_view>

namespace sprx {

struct NginxText {
  std::string field;  ///< what is put in instead; "": no field is this
  std::string help;   ///< what to do without one
};

/// What `$name` is here; both empty where nginx has no such variable.
[[nodiscard]] NginxText nginx_text(std::string_view name);

}  // namespace sprx
