// Functions that encode and digest.
#include "compiler/table/address.h"
#include "runtime/decide/base64.h"
#include "runtime/decide/digest.h"
#include "runtime/decide/functions.h"

namespace sprx {
namespace {

Datum hexadecimal(Inputs& in, const std::optional<Sha256>& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (!digest) {
    in.fail();
    return {};
  }
  std::string& out = in.buffer();
  for (const std::uint8_t byte : *digest) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return Datum::text(in.keep(out));
}

}  // namespace

template <>
Datum call<Function::base64_encode>(Inputs& in, std::span<const Datum> a) {
  const std::string_view text = in.text_of(a[0]);
  std::string& out = in.buffer();
  append_base64(text, out);
  return Datum::text(in.keep(out));
}
template <>
Datum call<Function::base64_decode>(Inputs& in, std::span<const Datum> a) {
  const std::string_view text = in.text_of(a[0]);
  std::string& out = in.buffer();
  return append_base64_decoded(text, out) ? Datum::text(in.keep(out)) : Datum{};
}
template <>
Datum call<Function::sha256>(Inputs& in, std::span<const Datum> a) {
  return hexadecimal(in, sha256(in.text_of(a[0])));
}
template <>
Datum call<Function::hmac_sha256>(Inputs& in, std::span<const Datum> a) {
  const std::string_view key = in.text_of(a[0]);
  return hexadecimal(in, hmac_sha256(key, in.text_of(a[1])));
}

/// The first eight bytes of SHA-256(salt, a zero byte, key) as a big-endian number, modulo n: anybody can work it out.
template <>
Datum call<Function::bucket>(Inputs& in, std::span<const Datum> a) {
  const std::string_view key = in.text_of(a[0]);
  const std::string_view salt = in.text_of(a[1]);
  std::string& salted = in.buffer();
  salted = salt;
  salted += '\0';
  const std::optional<Sha256> digest = sha256(salted, key);
  if (!digest || a[2].as_number() < 1) {
    in.fail();
    return {};
  }
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) number = number << 8 | (*digest)[i];
  return Datum::number(static_cast<std::int64_t>(number % static_cast<std::uint64_t>(a[2].as_number())));
}

template <>
Datum call<Function::subnet>(Inputs& in, std::span<const Datum> a) {
  IpAddress network = a[0].as_address();
  const bool v4 = network.is_v4();
  const auto shown = static_cast<std::size_t>(v4 ? a[1].as_number() : a[2].as_number());
  const std::size_t kept = (v4 ? 96 : 0) + shown;
  for (std::size_t i = 0; i < network.bytes.size(); ++i) {
    const std::size_t left = kept > 8 * i ? kept - 8 * i : 0;
    if (left < 8) network.bytes[i] = static_cast<std::uint8_t>(network.bytes[i] & ~(0xFFU >> left));
  }
  std::string& out = in.buffer();
  Inputs::append_text(Datum::address(network), out);
  out += '/';
  Inputs::append_text(Datum::number(static_cast<std::int64_t>(shown)), out);
  return Datum::text(in.keep(out));
}

template <>
Datum call<Function::unix_time>(Inputs&, std::span<const Datum> a) {
  constexpr std::int64_t kSecond = 1'000'000;
  const std::int64_t micros = a[0].as_number();
  return Datum::number(micros / kSecond - (micros % kSecond < 0 ? 1 : 0));
}

}  // namespace sprx
