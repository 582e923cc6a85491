// Demo: what `sprx run --demo` needs besides a proxy: the example rules in a folder of their own, and a small origin.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace sprx {

/// The folder is made by the constructor and removed with everything in it by the destructor. Throws std::system_error.
class Demo {
 public:
  Demo();
  ~Demo();
  Demo(const Demo&) = delete;
  Demo& operator=(const Demo&) = delete;

  [[nodiscard]] const std::string& folder() const { return folder_; }
  [[nodiscard]] std::string config() const { return folder_ + "/config"; }
  /// The origin listens on this port of 127.0.0.1 from construction on.
  [[nodiscard]] std::uint16_t origin_port() const;
  /// Starts answering, on a thread of its own. Signals must be blocked by then.
  void start_origin();

 private:
  struct Origin;
  std::string folder_;
  std::unique_ptr<Origin> origin_;
};

}  // namespace sprx
