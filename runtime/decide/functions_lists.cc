// Functions of texts that are lists: parts, elements of comma lists, negotiation.
#include <algorithm>

#include "compiler/table/canonical.h"
#include "compiler/table/header_list.h"
#include "runtime/decide/accept.h"
#include "runtime/decide/compare.h"
#include "runtime/decide/fields.h"
#include "runtime/decide/functions.h"

namespace sprx {
namespace {

/// Calls `use` with every element of a comma list.
template <typename Use>
void each_element(std::string_view list, Use use) {
  while (!list.empty()) {
    const std::string_view element = next_quoted_part(list, ',');
    if (!element.empty()) use(element);
  }
}

std::size_t count_of(std::string_view text, std::string_view separator) {
  std::size_t count = 0;
  for (std::size_t at = find_part(text, separator); at != std::string_view::npos;
       at = find_part(text, separator, at + separator.size())) {
    ++count;
  }
  return count;
}

using Rate = bool (*)(std::string_view, std::span<const std::string_view>, std::span<Preference>);

/// `ignored_when_empty`: a header with nothing well formed in it says nothing.
Datum negotiated(Inputs& in, std::span<const Datum> offers, const Datum& header, Rate rate, bool ignored_when_empty) {
  if (!header.present()) return offers[0];
  const std::span<std::string_view> texts = in.arena().array<std::string_view>(offers.size());
  for (std::size_t i = 0; i < offers.size(); ++i) texts[i] = in.text_of(offers[i]);
  const std::span<Preference> preferences = in.arena().array<Preference>(offers.size());
  const std::string_view value = in.text_of(header);
  if (!rate(value, texts, preferences) && ignored_when_empty) return offers[0];
  const std::optional<std::size_t> best = best_of(preferences);
  return best ? offers[*best] : Datum{};
}

}  // namespace

template <>
Datum call<Function::split>(Inputs& in, std::span<const Datum> a) {
  std::string_view text = in.text_of(a[0]);
  const std::string_view separator = in.text_of(a[1]);
  std::int64_t wanted = a[2].as_number();
  if (separator.empty()) return wanted == 0 || wanted == -1 ? Datum::text(text) : Datum{};
  if (wanted < 0) wanted += static_cast<std::int64_t>(count_of(text, separator)) + 1;
  if (wanted < 0) return {};
  for (; wanted > 0; --wanted) {
    const std::size_t at = find_part(text, separator);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + separator.size());
  }
  return Datum::text(text.substr(0, find_part(text, separator)));
}

template <>
Datum call<Function::list_add>(Inputs& in, std::span<const Datum> a) {
  const std::string_view list = in.text_of(a[0]);
  const std::string_view added = without_blanks(in.text_of(a[1]));
  bool there = added.empty();
  bool empty = true;
  each_element(list, [&](std::string_view element) {
    there = there || equal_nocase(element, added);
    empty = false;
  });
  if (there) return Datum::text(list);
  if (empty) return Datum::text(added);
  std::string& out = in.buffer();
  out = list;
  out += ", ";
  out += added;
  return Datum::text(in.keep(out));
}

template <>
Datum call<Function::list_remove>(Inputs& in, std::span<const Datum> a) {
  const std::string_view list = in.text_of(a[0]);
  const std::string_view removed = without_blanks(in.text_of(a[1]));
  bool there = false;
  std::string& out = in.buffer();
  each_element(list, [&](std::string_view element) {
    if (equal_nocase(element, removed)) {
      there = true;
      return;
    }
    if (!out.empty()) out += ", ";
    out += element;
  });
  return Datum::text(there ? in.keep(out) : list);
}

template <>
Datum call<Function::tokens>(Inputs& in, std::span<const Datum> a) {
  const std::string_view list = in.text_of(a[0]);
  std::size_t count = 0;
  each_element(list, [&](std::string_view) { ++count; });
  const std::span<std::string_view> out = in.arena().array<std::string_view>(count);
  std::size_t used = 0;
  each_element(list, [&](std::string_view element) { out[used++] = element; });
  return Datum::list(out);
}

template <>
Datum call<Function::accepts_type>(Inputs& in, std::span<const Datum> a) {
  return negotiated(in, a, read_field(Field::header, in, "accept"), rate_types, true);
}
template <>
Datum call<Function::accepts_language>(Inputs& in, std::span<const Datum> a) {
  return negotiated(in, a, read_field(Field::header, in, "accept-language"), rate_languages, true);
}
template <>
Datum call<Function::accepts_encoding>(Inputs& in, std::span<const Datum> a) {
  // Empty, it says that nothing but `identity` is wanted (RFC 9110 12.5.3).
  return negotiated(in, a, read_field(Field::header, in, "accept-encoding"), rate_encodings, false);
}

}  // namespace sprx
