// For the checker's tests: a configuration directory from texts, and what became of it.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "compiler/compile.h"

namespace sprx::testing {

/// A fresh directory, removed at the end.
class TempDirectory {
 public:
  TempDirectory();
  ~TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

[[nodiscard]] std::string read_text(const std::filesystem::path& path);

/// A checked configuration: the report as `sprx check` prints it, its codes in order ("E1003 L0001"), the program's
/// dump.
struct Checked {
  std::string report;
  std::string codes;
  std::string program;
};

using Files = std::map<std::string, std::string>;
[[nodiscard]] Checked check_files(const Files& files, const CheckLimits& limits = {});
/// One file, `main.sprx`.
[[nodiscard]] Checked check_text(const std::string& text, const CheckLimits& limits = {});

}  // namespace sprx::testing
