// Shell completion and the manual page, made from the command line's own description.
#include <algorithm>
#include <fmt/format.h>
#include <string_view>
#include <vector>

#include "compiler/diagnostics.h"
#include "tools/command.h"
#include "tools/doc.h"

namespace sprx {
namespace {

std::vector<const CLI::App*> commands_of(const CLI::App& program) {
  return program.get_subcommands([](const CLI::App*) { return true; });
}

/// The words an option is restricted to, "" for none; CLI11 says them as `TEXT:{a,b,c}`.
std::string choices_of(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const std::size_t open = type.find('{');
  const std::size_t close = type.rfind('}');
  if (open == std::string::npos || close == std::string::npos) return {};
  std::string words = type.substr(open + 1, close - open - 1);
  std::replace(words.begin(), words.end(), ',', ' ');
  return words;
}

bool is_flag(const CLI::Option& option) { return option.get_items_expected_max() == 0; }

std::vector<std::string> spellings_of(const CLI::Option& option) {
  std::vector<std::string> out;
  for (const std::string& name : option.get_snames()) out.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) out.push_back("--" + name);
  return out;
}

std::string option_words(const CLI::App& command) {
  std::string out;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& spelling : spellings_of(*option)) out += (out.empty() ? "" : " ") + spelling;
  }
  return out;
}

/// What a positional argument of `command` is completed with: a compgen call's arguments.
std::string positional_words(const CLI::App& command) {
  if (command.get_name() == "explain") {
    std::string codes = "-W '";
    for (const KindInfo& kind : all_kinds()) codes += fmt::format("{} ", kind.code);
    return codes + "'";
  }
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_positional()) continue;
    const std::string words = choices_of(*option);
    if (!words.empty()) return fmt::format("-W '{}'", words);
    if (option->get_name(true).find("FILE") != std::string::npos) return "-f";
    if (option->get_name(true).find("DIR") != std::string::npos || command.get_name() == "trace") return "-d";
  }
  return "-W ''";
}

/// One `case` line for each option that takes a value.
std::string value_cases(const CLI::App& command) {
  std::string out;
  for (const CLI::Option* option : command.get_options()) {
    if (is_flag(*option)) continue;
    std::string pattern;
    for (const std::string& spelling : spellings_of(*option)) {
      pattern += fmt::format("{}{}:{}", pattern.empty() ? "" : "|", command.get_name(), spelling);
    }
    if (pattern.empty()) continue;
    const std::string words = choices_of(*option);
    const bool is_directory =
        pattern.find("--config") != std::string::npos || pattern.find("-dir") != std::string::npos;
    const std::string how = !words.empty() ? fmt::format("-W '{}'", words) : is_directory ? "-d" : "-f";
    out += fmt::format("    {}) mapfile -t COMPREPLY < <(compgen {} -- \"$word\"); return ;;\n", pattern, how);
  }
  return out;
}

/// Text as roff: backslashes and hyphens escaped, no line starts with a control character.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      if ((c == '.' || c == '\'') && (out.empty() || out.back() == '\n')) out += "\\&";
      out += c;
    }
  }
  return out;
}

std::string value_name(const CLI::Option& option) {
  if (is_flag(option)) return {};
  const std::string words = choices_of(option);
  if (!words.empty()) return words;
  const std::string type = option.get_type_name();
  return type.substr(0, type.find(':'));
}

std::string roff_option(const CLI::Option& option) {
  std::string names;
  for (const std::string& spelling : spellings_of(option)) names += (names.empty() ? "" : ", ") + spelling;
  if (names.empty()) names = option.get_name(true);
  std::string value = value_name(option);
  std::replace(value.begin(), value.end(), ' ', '|');
  std::string doc = option.get_description();
  if (!option.get_default_str().empty()) doc += fmt::format(" (default {})", option.get_default_str());
  const std::string shown =
      value.empty() || option.get_lnames().empty() ? std::string() : fmt::format(" \\fI{}\\fR", roff(value));
  return fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", roff(names), shown, roff(doc));
}

constexpr const char* kManualFiles =
    ".SH FILES\n"
    ".TP\n\\fI/opt/proxy_config/main.sprx\\fR\nthe rules; without any .sprx file everything passes through\n"
    ".TP\n\\fI/var/log/sprx/access.log\\fR, \\fIerror.log\\fR\none JSON object a request; what the proxy itself has to "
    "say\n"
    ".TP\n\\fI/run/sprx/control.sock\\fR\nHTTP over a Unix socket, what \\fBsprx ctl\\fR talks to\n"
    ".TP\n\\fI/opt/section/*.sh\\fR\nthe platform's scripts\n"
    ".SH SIGNALS\n"
    ".TP\nSIGTERM, SIGINT\nstop accepting, finish what is in flight, exit 0\n"
    ".TP\nSIGHUP\nread the configuration again; if it is wrong the old rules stay\n"
    ".TP\nSIGUSR1\nopen the log files again\n"
    ".SH EXIT STATUS\n"
    ".TP\n0\nfine\n"
    ".TP\n1\nthe configuration or a test is wrong, or the proxy refused\n"
    ".TP\n2\nusage or internal error\n"
    ".TP\n3\n(ctl) no proxy running\n";

}  // namespace

std::string bash_completion(const CLI::App& program) {
  std::string names;
  std::string values;
  std::string arguments;
  for (const CLI::App* command : commands_of(program)) {
    names += (names.empty() ? "" : " ") + command->get_name();
    values += value_cases(*command);
    arguments += fmt::format(
        "    {0}) if [[ $word == -* ]]; then mapfile -t COMPREPLY < <(compgen -W '{1}' -- \"$word\")\n"
        "      else mapfile -t COMPREPLY < <(compgen {2} -- \"$word\"); fi ;;\n",
        command->get_name(), option_words(*command), positional_words(*command));
  }
  return fmt::format(
      "# bash completion for sprx, written by `sprx doc --format completion`\n"
      "_sprx() {{\n"
      "  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} command=${{COMP_WORDS[1]}}\n"
      "  COMPREPLY=()\n"
      "  if ((COMP_CWORD == 1)); then\n"
      "    mapfile -t COMPREPLY < <(compgen -W '{} --help --version' -- \"$word\")\n"
      "    return\n"
      "  fi\n"
      "  case $command:$before in\n{}  esac\n"
      "  case $command in\n{}  esac\n"
      "}}\n"
      "complete -o filenames -F _sprx sprx\n",
      names, values, arguments);
}

std::string manual_page(const CLI::App& program) {
  std::string out = fmt::format(
      ".TH SPRX 1 \"\" \"{}\" \"User Commands\"\n.SH NAME\nsprx \\- {}\n.SH SYNOPSIS\n\\fBsprx\\fR \\fICOMMAND\\fR "
      "[\\fIARGUMENTS\\fR]\n",
      roff(version_line()), "check HTTP traffic rules and apply them as a reverse proxy");
  out +=
      ".SH DESCRIPTION\nA configuration is a directory of .sprx files. \\fBsprx check\\fR says what is wrong with it, "
      "\\fBsprx trace\\fR what it does to a request,\n\\fBsprx run\\fR applies it to traffic.\n.SH COMMANDS\n";
  for (const CLI::App* command : commands_of(program)) {
    out += fmt::format(".SS sprx {}\n{}\n", roff(command->get_name()), roff(command->get_description()));
    for (const CLI::Option* option : command->get_options()) out += roff_option(*option);
  }
  return out + kManualFiles;
}

}  // namespace sprx
