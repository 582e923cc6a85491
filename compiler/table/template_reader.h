// TemplateReader: the state of reading one template. Its topics: template_parts.cc (text to parts),
// template_literals.cc (literals to canonical text), template_ways.cc (the whole, in every way of taking or leaving its
// optional parts).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/table/template.h"

namespace sprx::templates {

using Token = TemplateToken;

/// Stands for text that is not known when a template is written out flat; no canonical text holds this byte.
inline constexpr char kUnknown = '\xFF';

/// A token and where it is written.
struct Part {
  Token token;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::vector<std::size_t> origins;  ///< for a literal: the place of each byte of its text
};

class TemplateReader {
 public:
  TemplateReader(std::string_view text, TemplateKind kind, bool from_data)
      : text_(text), kind_(kind), from_data_(from_data) {}
  TemplateResult read();

 private:
  bool path() const { return kind_ == TemplateKind::path; }
  void error(std::size_t begin, std::size_t end, std::string message, std::string help = {});

  void read_parts();
  bool read_special();
  void read_capture();
  void read_capture_body(std::size_t begin, std::size_t end);
  void read_alternatives(std::size_t begin, std::size_t end, Token& token);
  void add_alternative(std::string text, std::size_t begin, std::size_t end, Token& token);
  void name_capture(std::string_view name, std::size_t begin, Token& token);
  void read_close();
  void add(Token::Kind kind, std::size_t begin, std::size_t end);
  void add_text(std::size_t at, std::size_t from);

  void check_limits();
  void make_literals_canonical();
  bool whole_literal();
  void path_literal(Part& part);
  void host_literal(std::size_t index);
  void host_label(std::size_t index, std::size_t begin, std::size_t end, Part& out);
  bool check_host_text(std::string_view text, const std::vector<std::size_t>& origins);
  bool edge_is_whole(std::size_t index, bool front) const;

  void expand(std::size_t from, std::vector<std::size_t>& way);
  void check_way(const std::vector<std::size_t>& way);
  void check_neighbours(const std::vector<std::size_t>& way);
  std::string rest_as_pattern(const std::vector<std::size_t>& way, std::size_t i) const;
  void rest_inside(const std::vector<std::size_t>& way, std::size_t i);
  void check_path_way(const std::vector<std::size_t>& way, const std::string& flat,
                      const std::vector<std::size_t>& places);
  void check_host_way(const std::string& flat, const std::vector<std::size_t>& places);
  void check_path_start(const std::vector<std::size_t>& way);

  std::string_view text_;
  TemplateKind kind_;
  bool from_data_;
  std::size_t at_ = 0;
  std::vector<Part> parts_;
  std::vector<std::size_t> open_;
  std::size_t optionals_ = 0;
  std::vector<std::string> names_;
  std::vector<std::vector<std::size_t>> ways_;
  std::vector<TemplateError> errors_;
};

}  // namespace sprx::templates
