// stand_back: for threads whose work can wait, so that requests need not.
#pragma once

#include <unistd.h>

namespace sprx {

/// How much less than a worker such a thread wants: a tenth of a core that both could use alone (sched(7), nice
/// values).
inline constexpr int kStandBack = 10;

/// The calling thread, and it alone, gives way to the workers for the rest of its life: without a capability it cannot
/// take that back. A kernel that refuses is none the worse.
inline void stand_back() { static_cast<void>(::nice(kStandBack)); }

}  // namespace sprx
