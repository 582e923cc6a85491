// One more place of what was reported already.
#include "compiler/said.h"

namespace sprx {
namespace {

/// More places of one mistake that get a label.
constexpr std::size_t kMorePlaces = 3;

}  // namespace

bool SaidNames::joins(Kind kind, const std::string& name, const std::string& near, Span where) {
  const auto known = said_.find({kind, name, near});
  if (known == said_.end()) return false;
  Diagnostic& d = out_.kept(known->second.place);
  if (known->second.shown < kMorePlaces) {
    d.label(where, "and here");
    ++known->second.shown;
  } else {
    ++known->second.hidden;
  }
  if (!near.empty()) d.fix(where, near, false);
  return true;
}

void SaidNames::remember(Kind kind, const std::string& name, const std::string& near) {
  if (const auto place = out_.last_place()) said_[{kind, name, near}] = {*place};
}

void SaidNames::count_places() {
  for (const auto& [name, said] : said_) {
    if (said.hidden > 0)
      out_.kept(said.place)
          .note("and in " + std::to_string(said.hidden) + (said.hidden == 1 ? " more place" : " more places"));
  }
}

bool SaidResponse::joins(Span construct, Span where) {
  if (!construct.known() || !(construct_ == construct)) return false;
  if (place_ && shown_++ < kMorePlaces) out_.kept(*place_).label(where, "and here");
  return true;
}

void SaidResponse::remember(Span construct) {
  construct_ = construct;
  place_ = out_.last_place();
  shown_ = 0;
}

bool BareRows::joins(Span word, const std::string& quoted) {
  const Span before = last_;
  last_ = word;
  const bool more =
      before.known() && before.file == word.file && before.end <= word.begin &&
      sources_.text({before.file, before.end, word.begin}).find_first_not_of(" \t\r\n,") == std::string_view::npos;
  if (more && place_) out_.kept(*place_).label(word, "and here").fix(word, quoted, true);
  return more;
}

}  // namespace sprx
