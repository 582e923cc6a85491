// Doc: texts that the program writes about itself, from the registries and from its own command line.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "compiler/table/vocabulary.h"

namespace sprx {

/// Every word of the language as Markdown: fields, functions, actions, settings, diagnostic codes.
[[nodiscard]] std::string language_reference();
/// The bounds on messages and connections as Markdown, for docs/limits.md: settings, and constants of the code.
[[nodiscard]] std::string limits_tables();
/// `2s`, `64KiB`, `on`: a value of a setting as one writes it.
[[nodiscard]] std::string value_text(const SettingInfo& setting, std::int64_t value);
/// The words of the language as one JSON object, for editors and other tools.
[[nodiscard]] std::string language_json();

/// A bash completion script for `program`.
[[nodiscard]] std::string bash_completion(const CLI::App& program);
/// The manual page sprx(1) of `program`, as roff.
[[nodiscard]] std::string manual_page(const CLI::App& program);

}  // namespace sprx
