// CheckLimits: what one configuration may ask of the compiler. Each is a compile error of its own (E80xx), with a test
// at it and one past it; the parser's bounds are ParseLimits, a template's and a pattern's are in compiler/table/.
#pragma once

#include <cstddef>
#include <cstdint>

#include "compiler/table/header_list.h"
#include "compiler/table/strings.h"

namespace sprx {

struct CheckLimits {
  std::size_t files = 1'000;                        ///< rule files and data files together
  std::size_t include_depth = 16;                   ///< main.sprx is 1
  std::size_t rules = 1'000'000;                    ///< both phases and all lines of redirects files
  std::size_t rows = 5'000'000;                     ///< of all lists and tables together
  std::size_t text_bytes = StringPool::kMostBytes;  ///< names, texts and rows of the whole configuration, each once
  std::size_t group_depth = 8;                      ///< groups in groups
  std::size_t expression_nodes =
      4'096;  ///< of one condition or value, in the source and with the lets of a target put in
  std::size_t string_bytes = 64 * 1024;          ///< of one string literal and of one row's key or value
  std::size_t captures = 64;                     ///< visible at one place
  std::size_t templates = 1'000'000;             ///< of the whole configuration
  std::size_t patterns = 20'000;                 ///< of the whole configuration
  std::size_t pattern_instructions = 1'000'000;  ///< of RE2's programs for all of them; 10 to 30 for a name in a list
  std::size_t body_file_bytes = 1 << 20;         ///< of `body file "…"`
  std::size_t data_file_bytes = 256 << 20;       ///< of a data file
  std::size_t names = 200'000;                   ///< lists, tables and lets
  std::size_t let_depth = 64;                    ///< lets that are made of lets
  std::size_t call_arguments = kMaxOffers;       ///< of one function call: offers of `accepts_…`
  std::int64_t score_number = 1'000'000'000;  ///< of one line of `score`, either sign; times all lines it fits 64 bits
  std::size_t changing = 256;                 ///< flags, dynamic lists and limits, of each
  std::size_t dynamic_keys = 1'000'000;       ///< `max` of a dynamic list or a limit
  std::size_t burst = 1'000'000;              ///< tokens in a bucket, and in a second
  std::size_t tests = 100'000;                ///< tests, each line of a tests file one
  std::size_t test_parts = 256;               ///< statements of one test, those in its blocks included
  std::size_t test_bytes = 64 << 20;          ///< text of all tests together
  std::size_t actions = 256;                  ///< of one rule, and headers of one answer
};

}  // namespace sprx
