// Files that declarations name: data files, body files; each mistake about them at the name in the source.
#include "compiler/rule_state.h"

namespace sprx {

/// The file in the same folder whose name is most like `text`; "" if none is near.
std::string Checker::similar_file(FileId from, const std::string& text) {
  constexpr std::size_t kLookedAt = 1'000;
  const std::size_t slash = text.rfind('/');
  const std::string folder = slash == std::string::npos ? std::string{} : text.substr(0, slash + 1);
  std::vector<std::string> found;
  if (files_.glob(from, folder + "*", &found) != FileReader::Outcome::ok || found.size() > kLookedAt) return {};
  std::vector<std::string_view> names;
  for (const std::string& file : found) {
    const std::string_view whole(file);
    names.push_back(whole.substr(whole.rfind('/') == std::string_view::npos ? 0 : whole.rfind('/') + 1));
  }
  const std::string_view near = similar(std::string_view(text).substr(folder.size()), names, similar_work_);
  return near.empty() ? std::string{} : folder + std::string(near);
}

bool Checker::open_file(const ast::Expr& name, std::size_t most, Kind missing, Kind too_large, FileId* out) {
  const std::string text = name.plain_text();
  switch (files_.read(name.span.file, text, most, out)) {
    case FileReader::Outcome::ok:
      return true;
    case FileReader::Outcome::outside:
      report(Kind::outside_directory, name.span, "`" + text + "` leaves the configuration directory")
          .help("files stand in the configuration directory; their names are relative to the file that names them");
      return false;
    case FileReader::Outcome::too_large:
      report(too_large, name.span, "`" + text + "` is larger than " + std::to_string(most) + " bytes");
      return false;
    case FileReader::Outcome::too_many:
      if (!files_full_)
        report(Kind::limit_files, name.span,
               "more than " + std::to_string(limits_.files) + " files in one configuration");
      files_full_ = true;
      return false;
    case FileReader::Outcome::missing: {
      const std::string near = similar_file(name.span.file, text);
      Diagnostic& d = report(missing, name.span, "there is no file `" + text + "`");
      if (near.empty()) {
        d.help("its name is relative to the file that names it");
      } else {
        d.help("a file with a similar name is there: `" + near + "`").fix(name.span, "\"" + near + "\"", false);
      }
      return false;
    }
    case FileReader::Outcome::unreadable:
      break;
  }
  report(missing, name.span, "`" + text + "` cannot be read as a file: " + files_.why());
  return false;
}

bool Checker::data_file(const ast::Expr& name, FileId* out) {
  return open_file(name, limits_.data_file_bytes, Kind::data_missing, Kind::limit_data_file, out);
}

std::optional<std::string> Checker::body_file(const ast::Expr& e) {
  FileId file{};
  if (!open_file(e, limits_.body_file_bytes, Kind::data_missing, Kind::limit_body_file, &file)) return std::nullopt;
  return sources_[file].text;
}

}  // namespace sprx
