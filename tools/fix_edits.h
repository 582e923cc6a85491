// Edits of the texts of a configuration, and where the places of these texts are when the edits are in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sprx {

/// One replacement in a text.
struct TextEdit {
  std::string file;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::string text;
};

[[nodiscard]] bool by_place(const TextEdit& a, const TextEdit& b);

/// The places that are spoken for.
class TakenPlaces {
 public:
  /// Takes the places of the edits (sorted), all of them or, where one is taken or they are in each other's way, none.
  /// Two at the same place are in each other's way too: nothing says which comes first.
  bool take(const std::vector<TextEdit>& edits);

 private:
  std::map<std::pair<std::string, std::uint32_t>, std::uint32_t> ends_;  ///< by file and begin

  [[nodiscard]] bool is_taken(const TextEdit& edit) const;
};

/// Edits that are put in together, none in another's way. Places are asked for by binary search: there may be many.
class EditSet {
 public:
  EditSet() = default;
  explicit EditSet(std::vector<TextEdit> edits);

  [[nodiscard]] const std::vector<TextEdit>& all() const { return edits_; }
  [[nodiscard]] std::vector<std::string> files() const;
  [[nodiscard]] std::string applied_to(std::string_view text, const std::string& file) const;
  /// Where byte `at` of a text is when they are in, behind what was put in before it; what stood in a text that is
  /// replaced is where its replacement begins.
  [[nodiscard]] std::uint32_t moved(const std::string& file, std::uint32_t at) const;
  /// The same, before what was put in at `at`: where "something is missing here" is said again.
  [[nodiscard]] std::uint32_t moved_before(const std::string& file, std::uint32_t at) const;
  /// Those whose text `[begin, end]` of the text with them in touches, and that end behind `past`, if that is given; by
  /// their places in `all`. Of very many the first.
  [[nodiscard]] std::vector<std::size_t> touching(const std::string& file, std::uint32_t begin, std::uint32_t end,
                                                  std::optional<std::uint32_t> past = {}) const;
  /// Whether a sign that one of them put in (`=`, `;`: no text, no word) is part of `[begin, end)`.
  [[nodiscard]] bool put_sign_in(const std::string& file, std::uint32_t begin, std::uint32_t end) const;
  /// Whether `[begin, end)` of the text with them in is part of what one put there, if that is more than a sign.
  [[nodiscard]] bool wrote(const std::string& file, std::uint32_t begin, std::uint32_t end) const;

 private:
  /// An edit's place before and after.
  struct Place {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::uint32_t new_begin = 0;
    std::uint32_t new_end = 0;
    std::size_t edit = 0;
  };
  std::vector<TextEdit> edits_;
  std::map<std::string, std::vector<Place>, std::less<>> places_;  ///< of each file, ascending

  [[nodiscard]] const std::vector<Place>& in(const std::string& file) const;
};

}  // namespace sprx
