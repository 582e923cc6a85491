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
  if (sources_.size() >= limits_.files || sources_.full()) return Outcome::too_many;
  ReadText text = read_source(directory_, *path, most_bytes);
  if (text.outcome != ReadOutcome::ok) return outcome_of(text.outcome);
  *out = sources_.add(*path, std::move(text.text));
  read_.emplace(*path, *out);
  return Outcome::ok;
}

FileReader::Outcome FileReader::glob(FileId from, std::string_view pattern, std::vector<std::string>* out) {
  GlobResult found = glob_sources(directory_, name_of(from), pattern);
  *out = std::move(found.names);
  return outcome_of(found.outcome);
}

}  // namespace sprx
