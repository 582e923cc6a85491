#include "runtime/decide/live.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <random>

#include "compiler/table/canonical.h"
#include "compiler/table/rules.h"

namespace sprx {
namespace {

constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();

}  // namespace

HashKey fresh_hash_key() {
  std::random_device source;
  const auto word = [&] { return static_cast<std::uint64_t>(source()) << 32 | source(); };
  return {word(), word()};
}

std::string live_key(const IpAddress& address) {
  return {reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()};
}

std::string live_key(const Cidr& prefix) { return live_key(prefix.address) + static_cast<char>(prefix.bits); }

LiveShard::LiveShard(const HashKey& seed, std::span<const LiveKey> keys) {
  if (keys.empty()) return;
  places_.resize(std::bit_ceil(keys.size() * 2));
  for (const LiveKey& key : keys) {
    const std::uint64_t hash = sip_hash(seed, key.key);
    std::size_t at = (hash >> 32) & (places_.size() - 1);
    while (places_[at].until_us != 0) at = (at + 1) & (places_.size() - 1);
    places_[at] = {hash, key.until_us, static_cast<std::uint32_t>(bytes_.size()),
                   static_cast<std::uint32_t>(key.key.size())};
    bytes_ += key.key;
  }
}

std::int64_t LiveShard::until(std::uint64_t hash, std::string_view key) const {
  if (places_.empty()) return 0;
  for (std::size_t at = (hash >> 32) & (places_.size() - 1); places_[at].until_us != 0;
       at = (at + 1) & (places_.size() - 1)) {
    if (places_[at].hash == hash && key_of(places_[at]) == key) return places_[at].until_us;
  }
  return 0;
}

bool LiveKeys::holds(std::string_view key, std::int64_t now_us) const {
  const std::uint64_t hash = sip_hash(seed_, key);
  return shards_[hash & (shards_.size() - 1)]->until(hash, key) > now_us;
}

bool LiveKeys::holds(const IpAddress& address, KeyKind kind, std::int64_t now_us) const {
  char key[17];
  std::memcpy(key, address.bytes.data(), 16);
  if (kind != KeyKind::cidr) return holds(std::string_view(key, 16), now_us);
  for (const std::uint8_t bits : lengths_) {
    // An IPv4 address is in no prefix shorter than ::ffff:0:0/96 (Cidr::contains).
    if (bits < 96 && address.is_v4()) continue;
    std::memcpy(key, address.bytes.data(), 16);
    if (bits % 8 != 0) key[bits / 8] = static_cast<char>(key[bits / 8] & (0xFF << (8 - bits % 8)));
    const std::size_t whole = (bits + 7U) / 8U;
    std::memset(key + whole, 0, 16 - whole);
    key[16] = static_cast<char>(bits);
    if (holds(std::string_view(key, 17), now_us)) return true;
  }
  return false;
}

OwnLive::OwnLive(const RuleSet& rules) : rules_(rules), keys_(rules.dynamic_lists.size()) {
  for (const Flag& flag : rules.flags) flags_.push_back(flag.on ? 1 : 0);
}

bool OwnLive::set_flag(std::string_view name, bool on) {
  for (std::size_t i = 0; i < rules_.flags.size(); ++i) {
    if (rules_.pool.strings.view(rules_.flags[i].name) != name) continue;
    flags_[i] = on ? 1 : 0;
    return true;
  }
  return false;
}

bool OwnLive::put(std::string_view list, std::string_view key, std::string* why) {
  for (std::size_t i = 0; i < rules_.dynamic_lists.size(); ++i) {
    if (rules_.pool.strings.view(rules_.dynamic_lists[i].name) != list) continue;
    std::string bytes;
    if (!read_live_key(rules_.dynamic_lists[i].kind, key, &bytes, why)) return false;
    std::erase_if(keys_[i], [&](const LiveKey& known) { return known.key == bytes; });
    keys_[i].push_back({std::move(bytes), kForever});
    return true;
  }
  *why = "there is no dynamic list of this name";
  return false;
}

LiveView OwnLive::view() {
  constexpr HashKey kSeed{1, 2};
  shards_.clear();
  lists_.clear();
  pointers_.clear();
  for (const std::vector<LiveKey>& keys : keys_) {
    std::vector<std::uint8_t> lengths;
    for (const LiveKey& key : keys) {
      const auto bits = static_cast<std::uint8_t>(key.key.empty() ? 0 : key.key.back());
      if (key.key.size() == 17 && std::find(lengths.begin(), lengths.end(), bits) == lengths.end())
        lengths.push_back(bits);
    }
    shards_.push_back(std::make_unique<LiveShard>(kSeed, keys));
    lists_.push_back(
        std::make_unique<LiveKeys>(kSeed, std::vector<const LiveShard*>{shards_.back().get()}, std::move(lengths)));
    pointers_.push_back(lists_.back().get());
  }
  return {flags_, pointers_};
}

bool read_live_key(KeyKind kind, std::string_view text, std::string* out, std::string* why) {
  if (text.empty()) {
    *why = "the key is empty";
    return false;
  }
  if (text.size() > kMaxLiveKey) {
    *why = "the key is longer than " + std::to_string(kMaxLiveKey) + " bytes";
    return false;
  }
  switch (kind) {
    case KeyKind::ip: {
      const std::optional<IpAddress> address = parse_ip(text);
      if (address) *out = live_key(*address);
      if (!address) *why = "the key is no IP address";
      return address.has_value();
    }
    case KeyKind::cidr: {
      const CidrResult read = parse_cidr(text);
      if (read.error == CidrError::none) *out = live_key(read.cidr);
      if (read.error == CidrError::host_bits_set)
        *why = "the prefix has host bits set; it would be " + to_text(read.cidr);
      if (read.error == CidrError::bad_address || read.error == CidrError::bad_length)
        *why = "the key is no IP address or prefix";
      return read.error == CidrError::none;
    }
    case KeyKind::path: {
      out->clear();
      const bool good = canonical_path_literal(text, *out) == PathError::none;
      if (!good) *why = "the key is no path";
      return good;
    }
    case KeyKind::host: {
      const std::optional<std::string> host = canonical_host_literal(text);
      if (host) *out = *host;
      if (!host) *why = "the key is no host";
      return host.has_value();
    }
    default:
      *out = text;
      return true;
  }
}

std::string live_key_text(KeyKind kind, std::string_view key) {
  if (kind != KeyKind::ip && kind != KeyKind::cidr) return std::string(key);
  Cidr prefix;
  std::memcpy(prefix.address.bytes.data(), key.data(), std::min<std::size_t>(key.size(), 16));
  if (kind == KeyKind::ip || key.size() < 17) return to_text(prefix.address);
  prefix.bits = static_cast<std::uint8_t>(key[16]);
  return prefix.bits == 128 ? to_text(prefix.address) : to_text(prefix);
}

}  // namespace sprx
