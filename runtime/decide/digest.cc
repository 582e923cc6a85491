#include "runtime/decide/digest.h"

#include <algorithm>
#include <memory>
#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace sprx {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct FreeDigest {
  void operator()(EVP_MD* digest) const { EVP_MD_free(digest); }
};

/// One a thread, made at its first digest: finding an algorithm and making a context take locks and memory, beginning
/// anew does neither.
EVP_MD_CTX* thread_context() {
  static const std::unique_ptr<EVP_MD, FreeDigest> algorithm(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  static thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context = [] {
    std::unique_ptr<EVP_MD_CTX, FreeContext> made(EVP_MD_CTX_new());
    const bool ready =
        made != nullptr && algorithm != nullptr && EVP_DigestInit_ex2(made.get(), algorithm.get(), nullptr) == 1;
    if (!ready) made.reset();
    return made;
  }();
  return context.get();
}

}  // namespace

std::optional<Sha256> sha256(std::string_view first, std::string_view second) {
  EVP_MD_CTX* const context = thread_context();
  Sha256 out{};
  const bool done = context != nullptr && EVP_DigestInit_ex2(context, nullptr, nullptr) == 1 &&
                    EVP_DigestUpdate(context, first.data(), first.size()) == 1 &&
                    EVP_DigestUpdate(context, second.data(), second.size()) == 1 &&
                    EVP_DigestFinal_ex(context, out.data(), nullptr) == 1;
  if (!done) return std::nullopt;
  return out;
}

std::optional<Sha256> hmac_sha256(std::string_view key, std::string_view text) {
  constexpr std::size_t kBlock = 64;
  std::array<char, kBlock> pad{};
  if (key.size() > kBlock) {
    const std::optional<Sha256> shorter = sha256(key);
    if (!shorter) return std::nullopt;
    std::transform(shorter->begin(), shorter->end(), pad.begin(),
                   [](std::uint8_t byte) { return static_cast<char>(byte); });
  } else {
    std::copy(key.begin(), key.end(), pad.begin());
  }
  const auto turn = [&pad](int mask) {
    for (char& c : pad) c = static_cast<char>(static_cast<unsigned char>(c) ^ mask);
    return std::string_view(pad.data(), pad.size());
  };
  const std::optional<Sha256> inner = sha256(turn(0x36), text);
  if (!inner) return std::nullopt;
  return sha256(turn(0x36 ^ 0x5C), {reinterpret_cast<const char*>(inner->data()), inner->size()});
}

bool digests_equal(std::string_view a, std::string_view b, bool nocase) {
  if (a.size() != b.size()) return false;
  if (!nocase) return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
  // Without a branch on a byte: bit 5 is what a letter's cases differ in.
  const auto folded = [](char c) {
    const auto byte = static_cast<std::uint32_t>(static_cast<unsigned char>(c));
    const std::uint32_t upper = (byte - 'A') < 26U ? 1U : 0U;
    return byte | upper << 5;
  };
  std::uint32_t different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) different |= folded(a[i]) ^ folded(b[i]);
  return different == 0;
}

}  // namespace sprx
