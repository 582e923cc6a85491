#include "runtime/live_state.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace sprx {
namespace {

/// Bans of rules that wait for the thread that is writing; more at once are counted and lost.
constexpr std::size_t kMostPending = 100'000;
/// How often one thread takes in what others bring meanwhile. In a flood that is longer the next one goes on.
constexpr int kMostRounds = 16;

}  // namespace

LiveState::LiveState(std::size_t readers, std::function<std::int64_t()> clock_us)
    : clock_us_(std::move(clock_us)), holds_(readers) {}

LiveState::~LiveState() {
  const std::lock_guard lock(mutex_);
  take_pending();
  for (const auto& table : tables_) delete table->current_.exchange(nullptr);
}

std::int64_t LiveState::now_ns() const {
  if (limits_by_clock_) return clock_us_() * 1'000;
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::shared_ptr<TableLive> LiveState::bind(const RuleSet& rules) {
  const Settled after{*this};
  const std::lock_guard lock(mutex_);
  take_pending();
  const StringPool& strings = rules.pool.strings;
  auto table = std::make_shared<TableLive>();
  for (const Flag& flag : rules.flags) {
    table->flags_.emplace_back(strings.view(flag.name));
    table->declared_.push_back(flag.on ? 1 : 0);
  }
  std::map<std::string, std::shared_ptr<DynamicKeys>> lists;
  for (const DynamicList& list : rules.dynamic_lists) {
    const std::string name(strings.view(list.name));
    const auto known = lists_.find(name);
    const bool same = known != lists_.end() && known->second->kind() == list.kind;
    auto keys = same ? known->second : std::make_shared<DynamicKeys>(list);
    if (same) keys->declare(list);
    lists[name] = keys;
    table->lists_.push_back(std::move(keys));
  }
  std::map<std::string, std::shared_ptr<LimitState>> limits;
  for (const Limit& limit : rules.limits) {
    std::string name(strings.view(limit.name));
    const BucketRate rate = bucket_rate(limit);
    // What the key is made of is a parameter too.
    for (std::uint32_t i = 0; i < limit.key_count; ++i)
      name += " " + render(rules, rules.limit_keys[limit.first_key + i]);
    const auto known = limits_.find(name);
    const bool same = known != limits_.end() && known->second->buckets.rate() == rate;
    auto state = same ? known->second : std::make_shared<LimitState>(rate);
    limits[name] = state;
    table->limits_.push_back(std::move(state));
  }
  // Names that the new table does not know mean nothing any more.
  std::erase_if(set_flags_, [&](const auto& flag) {
    return std::find(table->flags_.begin(), table->flags_.end(), flag.first) == table->flags_.end();
  });
  lists_ = std::move(lists);
  limits_ = std::move(limits);
  tables_.push_back(table);
  publish(*table);
  changes_.fetch_add(1, std::memory_order_release);
  return table;
}

bool LiveState::collect() {
  const Settled after{*this};
  const std::lock_guard lock(mutex_);
  take_pending();
  for (std::size_t i = 0; i + 1 < tables_.size();) {
    if (tables_[i].use_count() > 1) {
      ++i;
      continue;
    }
    for (const auto& list : tables_[i]->lists_) trash_.push_back({nullptr, {}, list});
    trash_.push_back({std::unique_ptr<const LiveSnapshot>(tables_[i]->current_.exchange(nullptr)), {}, nullptr});
    tables_.erase(tables_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  sweep();
  return tables_.size() > 1;
}

/// A new snapshot of one table; the old one is freed when nobody looks at it.
void LiveState::publish(TableLive& table) {
  auto next = std::make_unique<LiveSnapshot>();
  for (std::size_t i = 0; i < table.flags_.size(); ++i) {
    const auto set = set_flags_.find(table.flags_[i]);
    next->flags.push_back(set == set_flags_.end() ? table.declared_[i] : set->second ? 1 : 0);
  }
  for (const auto& list : table.lists_) next->lists.push_back(list->keys());
  const LiveSnapshot* const old = table.current_.exchange(next.release());
  trash_.push_back({std::unique_ptr<const LiveSnapshot>(old), {}, nullptr});
}

void LiveState::publish(const std::vector<std::shared_ptr<DynamicKeys>>& changed) {
  std::vector<Retired> old;
  for (const auto& list : changed) {
    list->trim(clock_us_());
    old.push_back(list->publish());
  }
  for (const auto& table : tables_) {
    const bool touched =
        changed.empty() || std::any_of(table->lists_.begin(), table->lists_.end(), [&](const auto& list) {
          return std::find(changed.begin(), changed.end(), list) != changed.end();
        });
    if (touched) publish(*table);
  }
  // After the snapshots that named them: what is freed in this order is looked at by nobody.
  for (Retired& part : old) trash_.push_back({nullptr, std::move(part), nullptr});
  changes_.fetch_add(1, std::memory_order_release);
  sweep();
}

/// Frees from the oldest on, up to the first that a reader holds: whatever a snapshot names was replaced after it.
void LiveState::sweep() {
  std::vector<const LiveSnapshot*> held;
  for (const Hold& hold : holds_) held.push_back(hold.snapshot.load());
  while (!trash_.empty()) {
    const LiveSnapshot* const snapshot = trash_.front().snapshot.get();
    if (snapshot != nullptr && std::find(held.begin(), held.end(), snapshot) != held.end()) break;
    trash_.pop_front();
  }
}

LiveState::Reading::Reading(LiveState& state, const TableLive* table, std::size_t reader) {
  if (table == nullptr || !table->has_view()) return;
  hold_ = &state.holds_[reader].snapshot;
  const LiveSnapshot* snapshot = table->current_.load();
  for (;;) {
    hold_->store(snapshot);
    const LiveSnapshot* const again = table->current_.load();
    if (again == snapshot) break;
    snapshot = again;
  }
  view_ = snapshot->view();
}

LiveState::Reading::~Reading() {
  if (hold_ != nullptr) hold_->store(nullptr, std::memory_order_release);
}

/// Under the lock: what rules banned meanwhile.
void LiveState::take_pending() {
  PendingBan* newest = pending_.exchange(nullptr, std::memory_order_acq_rel);
  PendingBan* oldest = nullptr;
  while (newest != nullptr) {
    PendingBan* const next = newest->next;
    newest->next = oldest;
    oldest = newest;
    newest = next;
  }
  std::vector<std::shared_ptr<DynamicKeys>> changed;
  while (oldest != nullptr) {
    const std::unique_ptr<PendingBan> ban(std::exchange(oldest, oldest->next));
    pending_count_.fetch_sub(1, std::memory_order_relaxed);
    if (!ban->list->put(std::move(ban->key), ban->until_us, true)) continue;
    bans_.fetch_add(1, std::memory_order_relaxed);
    if (std::find(changed.begin(), changed.end(), ban->list) == changed.end()) changed.push_back(ban->list);
  }
  if (!changed.empty()) publish(changed);
}

void LiveState::ban(const TableLive& table, std::span<const DecidedBan> bans, std::int64_t now_us) {
  for (const DecidedBan& ban : bans) {
    if (pending_count_.fetch_add(1, std::memory_order_relaxed) >= kMostPending) {
      pending_count_.fetch_sub(1, std::memory_order_relaxed);
      bans_lost_.fetch_add(1, std::memory_order_relaxed);
      continue;
    }
    auto made = std::make_unique<PendingBan>();
    made->list = table.lists_[static_cast<std::size_t>(ban.list)];
    made->key = ban.key;
    made->until_us = now_us + ban.for_us;
    made->next = pending_.load(std::memory_order_relaxed);
    PendingBan* const node = made.release();
    while (!pending_.compare_exchange_weak(node->next, node, std::memory_order_acq_rel)) {
    }
  }
  settle();
}

/// Takes pending bans in unless somebody else is about to: whoever held the lock comes by here after letting go of it,
/// so nothing is left lying.
void LiveState::settle() {
  for (int round = 0; round < kMostRounds && pending_.load(std::memory_order_acquire) != nullptr; ++round) {
    std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock.owns_lock()) return;
    take_pending();
  }
}

std::string LiveState::set_flag(std::string_view name, bool on) {
  const Settled after{*this};
  const std::lock_guard lock(mutex_);
  take_pending();
  const TableLive* const table = tables_.empty() ? nullptr : tables_.back().get();
  if (table == nullptr || std::find(table->flags_.begin(), table->flags_.end(), name) == table->flags_.end()) {
    return "the configuration declares no flag of this name";
  }
  set_flags_[std::string(name)] = on;
  publish(std::vector<std::shared_ptr<DynamicKeys>>{});
  return {};
}

std::shared_ptr<DynamicKeys> LiveState::list_named(std::string_view name, std::string* why) {
  const auto found = lists_.find(std::string(name));
  if (found != lists_.end()) return found->second;
  *why = "the configuration declares no dynamic list of this name";
  return nullptr;
}

std::string LiveState::ban(std::string_view list, std::string_view key, std::optional<std::int64_t> for_us) {
  const Settled after{*this};
  const std::lock_guard lock(mutex_);
  take_pending();
  std::string why;
  const std::shared_ptr<DynamicKeys> keys = list_named(list, &why);
  std::string bytes;
  if (!keys || !read_live_key(keys->kind(), key, &bytes, &why)) return why;
  keys->put(std::move(bytes), clock_us_() + for_us.value_or(keys->ttl_us()), false);
  bans_.fetch_add(1, std::memory_order_relaxed);
  publish({keys});
  return {};
}

std::string LiveState::unban(std::string_view list, std::string_view key) {
  const Settled after{*this};
  const std::lock_guard lock(mutex_);
  take_pending();
  std::string why;
  const std::shared_ptr<DynamicKeys> keys = list_named(list, &why);
  std::string bytes;
  if (!keys || !read_live_key(keys->kind(), key, &bytes, &why)) return why;
  if (keys->remove(bytes)) publish({keys});
  return {};
}

LiveState::Report LiveState::report() {
  const Settled after{*this};
  const std::lock_guard lock(mutex_);
  take_pending();
  Report out;
  out.bans = bans_.load(std::memory_order_relaxed);
  out.bans_lost = bans_lost_.load(std::memory_order_relaxed);
  if (tables_.empty()) return out;
  const TableLive& table = *tables_.back();
  for (std::size_t i = 0; i < table.flags_.size(); ++i) {
    const auto set = set_flags_.find(table.flags_[i]);
    const bool by_message = set != set_flags_.end();
    out.flags.push_back({table.flags_[i], by_message ? set->second : table.declared_[i] != 0, by_message});
  }
  for (const auto& [name, list] : lists_) {
    list->trim(clock_us_());
    out.lists.push_back({name, list->size(), list->max(), list->dropped()});
    out.list_drops += list->dropped();
  }
  for (const auto& [name, limit] : limits_) {
    out.limits.push_back({name.substr(0, name.find(' ')), limit->buckets.used(now_ns()),
                          limit->rejected.load(std::memory_order_relaxed),
                          limit->evicted.load(std::memory_order_relaxed)});
  }
  return out;
}

LiveState::Saved LiveState::save() {
  const Settled after{*this};
  const std::lock_guard lock(mutex_);
  take_pending();
  Saved out;
  out.flags.assign(set_flags_.begin(), set_flags_.end());
  const std::int64_t now = clock_us_();
  for (const auto& [name, list] : lists_) {
    list->each([&, &list_name = name, &store = list](const std::string& key, std::int64_t until_us) {
      if (until_us > now) out.keys.push_back({list_name, store->kind(), key, until_us});
    });
  }
  return out;
}

void LiveState::restore(const Saved& saved) {
  const Settled after{*this};
  const std::lock_guard lock(mutex_);
  if (tables_.empty()) return;
  const std::vector<std::string>& flags = tables_.back()->flags_;
  for (const auto& [name, on] : saved.flags) {
    if (std::find(flags.begin(), flags.end(), name) != flags.end()) set_flags_[name] = on;
  }
  std::vector<std::shared_ptr<DynamicKeys>> changed;
  const std::int64_t now = clock_us_();
  for (const Saved::Key& key : saved.keys) {
    const auto list = lists_.find(key.list);
    if (list == lists_.end() || list->second->kind() != key.kind || key.until_us <= now) continue;
    list->second->put(key.key, key.until_us, false);
    if (std::find(changed.begin(), changed.end(), list->second) == changed.end()) changed.push_back(list->second);
  }
  publish(changed);
  if (!changed.empty() && !flags.empty()) publish(std::vector<std::shared_ptr<DynamicKeys>>{});
}

bool SharedLedger::take(LimitId limit, std::string_view key) {
  LimitState& state = table_->limit(limit);
  const Buckets::Taken taken = state.buckets.take(key, state_.now_ns());
  ++checks;
  if (taken.evicted) {
    ++evictions;
    state.evicted.fetch_add(1, std::memory_order_relaxed);
  }
  if (!taken.token) {
    ++rejections;
    state.rejected.fetch_add(1, std::memory_order_relaxed);
  }
  return taken.token;
}

}  // namespace sprx
