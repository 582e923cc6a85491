// What a name means at a place.
#include "compiler/scopes.h"

namespace sprx {

Symbol* find_symbol(const Env& env, const std::string& name) {
  for (const Scope* at = env.scope; at != nullptr; at = at->parent) {
    const auto found = at->names.find(name);
    if (found != at->names.end()) return found->second;
  }
  return nullptr;
}

const Capture* find_capture(const Env& env, std::string_view name) {
  for (const Env* at = &env; at != nullptr; at = at->parent) {
    for (const Capture& capture : at->captures) {
      if (capture.name == name) return &capture;
    }
  }
  return nullptr;
}

bool Facts::has(ExprId id) const {
  for (const Facts* at = this; at != nullptr; at = at->parent) {
    if (at->present.contains(static_cast<std::uint32_t>(id))) return true;
  }
  return false;
}

bool Facts::has_key(ExprId value, std::uint32_t table) const {
  for (const Facts* at = this; at != nullptr; at = at->parent) {
    if (at->keys.contains(key(value, table))) return true;
  }
  return false;
}

const std::vector<Proof>* Facts::proof(ExprId id) const {
  for (const Facts* at = this; at != nullptr; at = at->parent) {
    const auto found = at->proofs.find(static_cast<std::uint32_t>(id));
    if (found != at->proofs.end()) return &found->second;
  }
  return nullptr;
}

}  // namespace sprx
