// Fields: one handler a field of the registry. A field without a handler does not compile.
#pragma once

#include <string_view>

#include "compiler/table/vocabulary.h"
#include "runtime/decide/datum.h"
#include "runtime/decide/inputs.h"

namespace sprx {

/// The value of a field of the message; `key` is "" for plain fields. Response fields are absent where there is no
/// response.
template <Field>
Datum read(Inputs& inputs, std::string_view key) = delete;

/// The same for a field that is only known at run time.
[[nodiscard]] Datum read_field(Field field, Inputs& inputs, std::string_view key);

}  // namespace sprx
