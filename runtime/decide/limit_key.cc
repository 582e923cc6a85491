#include "runtime/decide/limit_key.h"

#include <cstring>

namespace sprx {
namespace {

void append_bytes(char tag, const void* bytes, std::uint32_t size, std::string& out) {
  char head[1 + sizeof size] = {tag};
  std::memcpy(head + 1, &size, sizeof size);
  out.append(head, sizeof head);
  out.append(static_cast<const char*>(bytes), size);
}

}  // namespace

void append_limit_key(const Datum& value, std::string& out) {
  switch (value.kind()) {
    case Datum::Kind::absent:
      out += 'A';
      break;
    case Datum::Kind::text:
      append_bytes('T', value.as_text().data(), static_cast<std::uint32_t>(value.as_text().size()), out);
      break;
    case Datum::Kind::number:
    case Datum::Kind::boolean: {
      const std::int64_t number = value.as_number();
      append_bytes('N', &number, sizeof number, out);
      break;
    }
    case Datum::Kind::address: {
      const IpAddress& address = value.as_address();
      constexpr std::uint32_t kCustomerNetwork = 8;
      append_bytes('I', address.bytes.data(), address.is_v4() ? 16 : kCustomerNetwork, out);
      break;
    }
    case Datum::Kind::list:
      for (const std::string_view element : value.as_list()) {
        append_bytes('L', element.data(), static_cast<std::uint32_t>(element.size()), out);
      }
      out += 'E';
      break;
    case Datum::Kind::pattern:
      break;  // an argument of functions, never a key
  }
}

}  // namespace sprx
