#include "compiler/files.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace sprx {

std::optional<std::string> FileReader::resolve(FileId from, std::string_view name) const {
  const std::filesystem::path base = from == kNoFile ? std::filesystem::path{} : std::filesystem::path(sources_[from].name).parent_path();
  const std::filesystem::path path = (base / name).lexically_normal();
  if (path.is_absolute() || path.empty() || *path.begin() == "..") return std::nullopt;
  return path.generic_string();
}
FileReader::Outcome FileReader::read(FileId from, std::string_view name, std::size_t most_bytes, FileId* out) {
  const auto path = resolve(from, name);
  if (!path) return Outcome::outside;
  if (const auto known = read_.find(*path); known != read_.end()) { *out = known->second; return Outcome::ok; }
  std::error_code ec;
  if (!std::filesystem::exists(directory_ / *path, ec)) return Outcome::missing;
  if (!std::filesystem::is_regular_file(directory_ / *path, ec)) return Outcome::unreadable;
  if (std::filesystem::file_size(directory_ / *path, ec) > most_bytes) return Outcome::too_large;
  if (sources_.size() >= limits_.files || sources_.full()) return Outcome::too_many;
  std::ifstream in(directory_ / *path, std::ios::binary);
  std::stringstream all;
  all << in.rdbuf();
  *out = sources_.add(*path, all.str());
  read_[*path] = *out;
  return Outcome::ok;
}
FileReader::Outcome FileReader::glob(FileId from, std::string_view pattern, std::vector<std::string>* out) {
  (void)from; (void)pattern;
  std::error_code ec;
  for (const auto& e : std::filesystem::directory_iterator(directory_, ec)) if (e.path().extension() == ".sprx") out->push_back(e.path().filename());
  std::sort(out->begin(), out->end());
  return Outcome::ok;
}
}  // namespace sprx
