// What conditions say of hosts: which of them come to this proxy, and which a rule leaves out.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "compiler/sets/space.h"

namespace sprx {

using HostSet = std::set<std::string, std::less<>>;

/// Whether a condition wants the host to be one of some: whoever meets it came to a host of ours.
[[nodiscard]] bool proves_host(sets::Space& space, ExprId condition);

/// Adds the hosts that a condition names one by one.
void note_hosts(sets::Space& space, ExprId condition, HostSet& out);

/// Of the hosts that a condition leaves out by their names, one that is nearly `host`: of the same domain
/// (`www.example.com`, `example.com`) or of the same name in another (`example.de`). "" if there is none.
[[nodiscard]] std::string kin_left_out(sets::Space& space, ExprId condition, std::string_view host);

}  // namespace sprx
