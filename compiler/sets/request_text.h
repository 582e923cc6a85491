// request_text: a point as a request that a person can read and try.
#pragma once

#include <string>

#include "compiler/sets/box.h"

namespace sprx::sets {

/// `GET https://www.example.com/old with X: 1, from 192.0.2.1`; empty where the box speaks of what no request can
/// simply be made to have (an opaque condition, a let, the raw path). What is given is a request for which the box's
/// sets are right.
[[nodiscard]] std::string request_text(Space& space, const Box& box);

}  // namespace sprx::sets
