#include "runtime/decide/fields.h"

#include <algorithm>

#include "compiler/table/canonical.h"
#include "compiler/table/hash.h"
#include "runtime/decide/functions.h"

namespace sprx {
namespace {

/// `name` is in lower case.
bool is_named(const HeaderLine& line, std::string_view name) { return equal_lower(line.name, name); }

/// The first line of a name; null where there is none.
struct Found {
  const HeaderLine* first = nullptr;
  std::size_t count = 0;
};

Found find_lines(std::span<const HeaderLine> lines, std::string_view name) {
  Found out;
  for (const HeaderLine& line : lines) {
    if (!is_named(line, name)) continue;
    if (out.count++ == 0) out.first = &line;
  }
  return out;
}

/// All lines of a header joined, Cookie with "; " and others with ", ".
Datum joined_header(Inputs& inputs, std::span<const HeaderLine> lines, std::string_view name) {
  const auto [first, count] = find_lines(lines, name);
  if (count == 0) return {};
  if (count == 1) return Datum::text(first->value);
  const auto rest = lines.subspan(static_cast<std::size_t>(first - lines.data()) + 1);
  std::string& out = inputs.buffer();
  out = first->value;
  for (const HeaderLine& line : rest) {
    if (!is_named(line, name)) continue;
    out += name == "cookie" ? "; " : ", ";
    out += line.value;
  }
  return Datum::text(inputs.keep(out));
}

template <typename Range, typename Pick, typename Take>
Datum collect(Inputs& inputs, const Range& items, Pick pick, Take take) {
  const auto count = static_cast<std::size_t>(std::count_if(items.begin(), items.end(), pick));
  const std::span<std::string_view> out = inputs.arena().array<std::string_view>(count);
  std::size_t at = 0;
  for (const auto& item : items) {
    if (pick(item)) out[at++] = take(item);
  }
  return Datum::list(out);
}

constexpr auto kEvery = [](const auto&) { return true; };
constexpr auto kName = [](const auto& item) { return item.name; };
constexpr auto kValue = [](const auto& item) { return item.value; };

Datum header_lines(Inputs& inputs, std::span<const HeaderLine> lines, std::string_view name) {
  return collect(
      inputs, lines, [&](const HeaderLine& line) { return is_named(line, name); }, kValue);
}

Datum first_parameter(std::span<const Parameter> parameters, std::string_view name) {
  for (const Parameter& parameter : parameters) {
    if (parameter.name == name) return Datum::text(parameter.value);
  }
  return {};
}

Datum all_parameters(Inputs& inputs, std::span<const Parameter> parameters, std::string_view name) {
  return collect(
      inputs, parameters, [&](const Parameter& parameter) { return parameter.name == name; }, kValue);
}

/// A header of the platform; an empty one counts as missing. The last line counts, as for all that the platform adds:
/// one that a client sent stands before it.
Datum platform_header(Inputs& inputs, std::string_view name) {
  const std::span<const HeaderLine> lines = inputs.request().head.headers;
  for (std::size_t i = lines.size(); i > 0; --i) {
    if (!is_named(lines[i - 1], name)) continue;
    return lines[i - 1].value.empty() ? Datum{} : Datum::text(lines[i - 1].value);
  }
  return {};
}

Datum folded(Inputs& inputs, std::string_view text) {
  if (std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) return Datum::text(text);
  std::string& out = inputs.buffer();
  std::transform(text.begin(), text.end(), std::back_inserter(out), fold);
  return Datum::text(inputs.keep(out));
}

std::string_view last_segment(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// Name of the cookie that a Set-Cookie line sets, and its value.
Parameter set_cookie_of(std::string_view line) {
  std::string_view rest = line;
  const std::string_view pair = next_part(rest, ';');
  return split_cookie(pair);
}

}  // namespace

template <>
Datum read<Field::method>(Inputs& in, std::string_view) {
  return Datum::text(in.request().head.method);
}
template <>
Datum read<Field::http_version>(Inputs& in, std::string_view) {
  return Datum::text(in.request().head.version);
}
template <>
Datum read<Field::scheme>(Inputs& in, std::string_view) {
  return Datum::text(in.request().scheme);
}
template <>
Datum read<Field::host>(Inputs& in, std::string_view) {
  return Datum::text(in.request().host);
}
template <>
Datum read<Field::port>(Inputs& in, std::string_view) {
  return Datum::number(in.request().port);
}
template <>
Datum read<Field::path>(Inputs& in, std::string_view) {
  return Datum::text(in.request().path);
}
template <>
Datum read<Field::path_extension>(Inputs& in, std::string_view) {
  const std::string_view segment = last_segment(in.request().path);
  const std::size_t dot = segment.rfind('.');
  // `.htaccess` is a name, `x.` has no extension.
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == segment.size()) return {};
  return folded(in, segment.substr(dot + 1));
}
template <>
Datum read<Field::path_file>(Inputs& in, std::string_view) {
  return Datum::text(last_segment(in.request().path));
}
template <>
Datum read<Field::uri>(Inputs& in, std::string_view) {
  return Datum::text(in.request().head.target);
}
template <>
Datum read<Field::raw_path>(Inputs& in, std::string_view) {
  return Datum::text(in.request().raw_path);
}
template <>
Datum read<Field::raw_query>(Inputs& in, std::string_view) {
  return Datum::text(in.request().raw_query);
}
template <>
Datum read<Field::query>(Inputs& in, std::string_view key) {
  return first_parameter(in.query(), key);
}
template <>
Datum read<Field::query_all>(Inputs& in, std::string_view key) {
  return all_parameters(in, in.query(), key);
}
template <>
Datum read<Field::query_names>(Inputs& in, std::string_view) {
  return collect(in, in.query(), kEvery, kName);
}
template <>
Datum read<Field::query_values>(Inputs& in, std::string_view) {
  return collect(in, in.query(), kEvery, kValue);
}
template <>
Datum read<Field::header>(Inputs& in, std::string_view key) {
  return joined_header(in, in.request().head.headers, key);
}
template <>
Datum read<Field::header_all>(Inputs& in, std::string_view key) {
  return header_lines(in, in.request().head.headers, key);
}
template <>
Datum read<Field::header_names>(Inputs& in, std::string_view) {
  return collect(in, in.request().head.headers, kEvery, kName);
}
template <>
Datum read<Field::header_values>(Inputs& in, std::string_view) {
  return collect(in, in.request().head.headers, kEvery, kValue);
}
template <>
Datum read<Field::cookie>(Inputs& in, std::string_view key) {
  return first_parameter(in.cookies(), key);
}
template <>
Datum read<Field::cookie_all>(Inputs& in, std::string_view key) {
  return all_parameters(in, in.cookies(), key);
}
template <>
Datum read<Field::cookie_names>(Inputs& in, std::string_view) {
  return collect(in, in.cookies(), kEvery, kName);
}
template <>
Datum read<Field::cookie_values>(Inputs& in, std::string_view) {
  return collect(in, in.cookies(), kEvery, kValue);
}
template <>
Datum read<Field::client_ip>(Inputs& in, std::string_view) {
  return Datum::address(in.request().client);
}
template <>
Datum read<Field::geo_country>(Inputs& in, std::string_view) {
  return platform_header(in, "section-io-geo-country-code");
}
template <>
Datum read<Field::geo_country_name>(Inputs& in, std::string_view) {
  return platform_header(in, "section-io-geo-country-name");
}
template <>
Datum read<Field::geo_region>(Inputs& in, std::string_view) {
  return platform_header(in, "section-io-geo-region-code");
}
template <>
Datum read<Field::geo_region_name>(Inputs& in, std::string_view) {
  return platform_header(in, "section-io-geo-region-name");
}
template <>
Datum read<Field::geo_city>(Inputs& in, std::string_view) {
  return platform_header(in, "section-io-geo-city");
}
template <>
Datum read<Field::geo_latlon>(Inputs& in, std::string_view) {
  return platform_header(in, "section-io-geo-latlon");
}
template <>
Datum read<Field::geo_postal_code>(Inputs& in, std::string_view) {
  return platform_header(in, "section-io-geo-postal-code");
}
template <>
Datum read<Field::geo_dma_code>(Inputs& in, std::string_view) {
  return platform_header(in, "section-io-geo-dma-code");
}
template <>
Datum read<Field::geo_asn>(Inputs& in, std::string_view) {
  const Datum text = platform_header(in, "section-io-geo-asn");
  return text.present() ? parse_integer(text.as_text()) : text;
}
template <>
Datum read<Field::request_id>(Inputs& in, std::string_view) {
  return Datum::text(in.request().request_id);
}
template <>
Datum read<Field::now>(Inputs& in, std::string_view) {
  in.note_time();
  return Datum::number(in.request().now_us);
}
template <>
Datum read<Field::response_status>(Inputs& in, std::string_view) {
  return in.response() == nullptr ? Datum{} : Datum::number(in.response()->status);
}
template <>
Datum read<Field::response_header>(Inputs& in, std::string_view key) {
  return in.response() == nullptr ? Datum{} : joined_header(in, in.response()->headers, key);
}
template <>
Datum read<Field::response_header_all>(Inputs& in, std::string_view key) {
  return in.response() == nullptr ? Datum{} : header_lines(in, in.response()->headers, key);
}
template <>
Datum read<Field::response_cookie>(Inputs& in, std::string_view key) {
  if (in.response() == nullptr) return {};
  for (const HeaderLine& line : in.response()->headers) {
    if (!is_named(line, "set-cookie")) continue;
    if (const Parameter cookie = set_cookie_of(line.value); cookie.name == key) return Datum::text(cookie.value);
  }
  return {};
}
template <>
Datum read<Field::response_media_type>(Inputs& in, std::string_view) {
  if (in.response() == nullptr) return {};
  const HeaderLine* line = find_lines(in.response()->headers, "content-type").first;
  if (line == nullptr) return {};
  std::string_view rest = line->value;
  const std::string_view type = without_blanks(next_part(rest, ';'));
  return type.empty() ? Datum{} : folded(in, type);
}
template <>
Datum read<Field::response_source>(Inputs& in, std::string_view) {
  if (in.response() == nullptr) return {};
  constexpr std::string_view kNames[] = {"upstream", "rule", "proxy"};
  return Datum::text(kNames[static_cast<std::size_t>(in.response()->source)]);
}
template <>
Datum read<Field::response_error>(Inputs& in, std::string_view) {
  if (in.response() == nullptr || in.response()->error.empty()) return {};
  return Datum::text(in.response()->error);
}

Datum read_field(Field field, Inputs& inputs, std::string_view key) {
  switch (field) {
#define SPRX_FIELD(id, name, type, phase, key_kind, presence, origin, doc) \
  case Field::id:                                                          \
    return read<Field::id>(inputs, key);
#include "compiler/table/fields.def"
#undef SPRX_FIELD
  }
  return {};
}

}  // namespace sprx
