#include "tests/compiler/format_corpus.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "compiler/explain_pages.h"
#include "support/paths.h"
#include "tests/compiler/check_support.h"

namespace sprx::testing {
namespace {

namespace fs = std::filesystem;

MemoryFiles files_below(const fs::path& directory) {
  MemoryFiles files;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) files[fs::relative(entry.path(), directory).string()] = read_text(entry.path());
  }
  return files;
}

/// Below a folder of testdata: every directory that holds a main.sprx, and every other rule file by itself.
void add_testdata(const fs::path& folder, std::vector<Configuration>& out) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string name = fs::relative(entry.path(), testdata("")).string();
    if (entry.is_directory() && fs::exists(entry.path() / "main.sprx")) {
      out.push_back({name, files_below(entry.path())});
    } else if (entry.is_directory()) {
      add_testdata(entry.path(), out);
    } else if (entry.path().extension() == ".sprx") {
      out.push_back({name, {{"main.sprx", read_text(entry.path())}}});
    }
  }
}

void add_explain_pages(std::vector<Configuration>& out) {
  for (const KindInfo& kind : all_kinds()) {
    for (const bool wrong : {false, true}) {
      Configuration page{std::string(kind.code) + (wrong ? " wrong" : " right"), {}};
      for (const ExplainExample& example : explain_examples(explain_page(kind.code))) {
        if (example.wrong == wrong) page.files[example.file] += example.text;
      }
      out.push_back(std::move(page));
    }
  }
}

void add_documents(std::vector<Configuration>& out) {
  for (const auto& entry : fs::directory_iterator(source_tree("/docs"))) {
    std::istringstream in(read_text(entry.path()));
    bool inside = false;
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("```")) {
        inside = line == "```sprx";
        if (inside) out.push_back({entry.path().filename().string() + " " + std::to_string(out.size()), {}});
      } else if (inside) {
        out.back().files["main.sprx"] += line + "\n";
      }
    }
  }
}

}  // namespace

std::vector<Configuration> all_configurations() {
  std::vector<Configuration> out;
  add_testdata(testdata(""), out);
  add_explain_pages(out);
  add_documents(out);
  std::sort(out.begin(), out.end(), [](const Configuration& a, const Configuration& b) { return a.name < b.name; });
  return out;
}

}  // namespace sprx::testing
