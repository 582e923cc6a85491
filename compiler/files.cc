#include "compiler/files.h"

#include "compiler/read_source.h"

namespace sprx {
namespace {

FileReader::Outcome outcome_of(ReadOutcome outcome) {
  switch (outcome) {
    case ReadOutcome::ok:
      return FileReader::Outcome::ok;
    case ReadOutcome::missing:
      return FileReader::Outcome::missing;
    case ReadOutcome::outside:
      return FileReader::Outcome::outside;
    case ReadOutcome::too_large:
      return FileReader::Outcome::too_large;
    case ReadOutcome::too_many:
      return FileReader::Outcome::too_many;
    default:
      return FileReader::Outcome::unreadable;
  }
}

ReadText read_memory(const MemoryFiles& files, const std::string& name, std::size_t most) {
  const auto found = files.find(name);
  if (found == files.end()) return {ReadOutcome::missing, {}, {}};
  if (found->second.size() > most) return {ReadOutcome::too_large, {}, {}};
  return {ReadOutcome::ok, found->second, {}};
}

GlobResult glob_memory(const MemoryFiles& files, std::string_view from, std::string_view pattern) {
  const std::optional<std::string> resolved = resolve_name(from, pattern);
  if (!resolved) return {ReadOutcome::outside, {}, {}};
  GlobResult result;
  for (const auto& [name, text] : files) {
    if (glob_matches(*resolved, name)) result.names.push_back(name);
  }
  return result;
}

}  // namespace

std::string_view FileReader::name_of(FileId from) const {
  return from == kNoFile ? std::string_view{} : sources_[from].name;
}

FileReader::Outcome FileReader::read(FileId from, std::string_view name, std::size_t most_bytes, FileId* out) {
  const std::optional<std::string> path = resolve_name(name_of(from), name);
  if (!path) return Outcome::outside;
  if (const auto known = read_.find(*path); known != read_.end()) {
    *out = known->second;
    return sources_[*out].text.size() <= most_bytes ? Outcome::ok : Outcome::too_large;
  }
  std::string place;  // absolute, unlike names: with all links followed
  if (!memory_) {
    std::error_code error;
    place = std::filesystem::canonical(directory_ / *path, error).string();
    if (const auto known = read_.find(place); !error && known != read_.end()) {
      *out = known->second;
      read_.emplace(*path, *out);
      return sources_[*out].text.size() <= most_bytes ? Outcome::ok : Outcome::too_large;
    }
  }
  if (sources_.size() >= limits_.files || sources_.full()) return Outcome::too_many;
  const bool replaced = instead_ != nullptr && instead_->contains(*path);
  ReadText text = replaced  ? read_memory(*instead_, *path, most_bytes)
                  : memory_ ? read_memory(*memory_, *path, most_bytes)
                            : read_source(directory_, *path, most_bytes);
  why_ = std::move(text.why);
  if (text.outcome != ReadOutcome::ok) return outcome_of(text.outcome);
  *out = sources_.add(*path, std::move(text.text));
  read_.emplace(*path, *out);
  if (!place.empty()) read_.emplace(std::move(place), *out);
  return Outcome::ok;
}

FileReader::Outcome FileReader::glob(FileId from, std::string_view pattern, std::vector<std::string>* out) {
  const std::optional<std::string> resolved = resolve_name(name_of(from), pattern);
  if (!resolved) return Outcome::outside;
  // The same pattern may stand in many files: a directory is looked through once.
  const auto [at, fresh] = globs_.try_emplace(*resolved);
  if (fresh) {
    at->second = memory_ ? glob_memory(*memory_, "", *resolved) : glob_sources(directory_, "", *resolved, looked_);
  }
  *out = at->second.names;
  why_ = at->second.why;
  return outcome_of(at->second.outcome);
}

}  // namespace sprx
