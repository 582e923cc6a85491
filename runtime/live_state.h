// LiveState: what flags, dynamic lists and limits hold, for all workers and over reloads. Readers never wait: they take
// a published snapshot for one phase; whoever changes something makes the next snapshot and frees the old one once no
// worker looks at it.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/table/table.h"
#include "runtime/buckets.h"
#include "runtime/decide/decision.h"
#include "runtime/decide/ledger.h"
#include "runtime/decide/live.h"
#include "runtime/dynamic_keys.h"

namespace sprx {

class LiveState;

/// Flags and lists at one moment, in the order of one table. Immutable.
struct LiveSnapshot {
  std::vector<std::uint8_t> flags;
  std::vector<const LiveKeys*> lists;
  [[nodiscard]] LiveView view() const { return {flags, lists}; }
};

/// A limit over reloads.
struct LimitState {
  explicit LimitState(const BucketRate& rate) : buckets(rate) {}
  Buckets buckets;
  std::atomic<std::uint64_t> rejected{0};
  std::atomic<std::uint64_t> evicted{0};
};

/// What the names of one table stand for. Held by whoever holds the table.
class TableLive {
 public:
  [[nodiscard]] bool has_view() const { return !flags_.empty() || !lists_.empty(); }
  [[nodiscard]] LimitState& limit(LimitId id) const { return *limits_[static_cast<std::size_t>(id)]; }

 private:
  friend class LiveState;
  std::vector<std::string> flags_;  ///< names, by FlagId
  std::vector<std::uint8_t> declared_;
  std::vector<std::shared_ptr<DynamicKeys>> lists_;
  std::vector<std::shared_ptr<LimitState>> limits_;
  std::atomic<const LiveSnapshot*> current_{nullptr};
};

class LiveState {
 public:
  /// `readers`: how many threads read, each with a number of its own below that. `clock_us`: microseconds since 1970.
  LiveState(std::size_t readers, std::function<std::int64_t()> clock_us);
  ~LiveState();
  LiveState(const LiveState&) = delete;
  LiveState& operator=(const LiveState&) = delete;

  /// What `table` means by its names: flags, lists and limits that are known already go on.
  [[nodiscard]] std::shared_ptr<TableLive> bind(const RuleSet& rules);
  /// Frees what belonged to tables that nobody holds any more; true while some are left. Never on a worker.
  bool collect();

  /// A reader's hold on the snapshot that is current for a table; one a reader at a time.
  class Reading {
   public:
    Reading(LiveState& state, const TableLive* table, std::size_t reader);
    ~Reading();
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;
    [[nodiscard]] const LiveView& view() const { return view_; }

   private:
    std::atomic<const LiveSnapshot*>* hold_ = nullptr;
    LiveView view_;
  };

  /// Bans that rules decided. Any thread; never waits: if another thread is writing, it takes these over.
  void ban(const TableLive& table, std::span<const DecidedBan> bans, std::int64_t now_us);

  // Of messages; they wait for each other. What went wrong is in the result, "" for nothing.
  [[nodiscard]] std::string set_flag(std::string_view name, bool on);
  [[nodiscard]] std::string ban(std::string_view list, std::string_view key, std::optional<std::int64_t> for_us);
  [[nodiscard]] std::string unban(std::string_view list, std::string_view key);

  // For reports and for the state file.
  struct FlagReport {
    std::string name;
    bool on = false;
    bool by_message = false;
  };
  struct ListReport {
    std::string name;
    std::size_t size = 0;
    std::uint32_t max = 0;
    std::uint64_t dropped = 0;
  };
  struct LimitReport {
    std::string name;
    std::size_t keys = 0;
    std::uint64_t rejected = 0;
    std::uint64_t evicted = 0;
  };
  struct Report {
    std::vector<FlagReport> flags;
    std::vector<ListReport> lists;
    std::vector<LimitReport> limits;
    std::uint64_t bans = 0;
    std::uint64_t bans_lost = 0;  ///< more at once than are kept waiting
    std::uint64_t list_drops = 0;
  };
  [[nodiscard]] Report report();

  struct Saved {
    struct Key {
      std::string list;
      KeyKind kind = KeyKind::ip;
      std::string key;
      std::int64_t until_us = 0;
    };
    std::vector<std::pair<std::string, bool>> flags;
    std::vector<Key> keys;
  };
  [[nodiscard]] Saved save();
  /// Takes over what a process before this one knew; what the current table does not declare is passed over.
  void restore(const Saved& saved);
  /// Grows with every change: what was saved at a number is current while it stays.
  [[nodiscard]] std::uint64_t changes() const { return changes_.load(std::memory_order_acquire); }

  /// Nanoseconds that never go back, for the limits.
  [[nodiscard]] std::int64_t now_ns() const;
  /// The wall clock is a test's: limits go by it too.
  void use_clock_for_limits() { limits_by_clock_ = true; }

 private:
  struct PendingBan {
    std::shared_ptr<DynamicKeys> list;
    std::string key;
    std::int64_t until_us = 0;
    PendingBan* next = nullptr;
  };
  struct Trash {
    std::unique_ptr<const LiveSnapshot> snapshot;
    Retired list;
    std::shared_ptr<DynamicKeys> store;
  };
  struct alignas(64) Hold {
    std::atomic<const LiveSnapshot*> snapshot{nullptr};
  };

  /// Made before the lock is taken, so that it goes after the lock has.
  struct Settled {
    LiveState& state;
    ~Settled() { state.settle(); }
  };

  void settle();
  void take_pending();
  void publish(const std::vector<std::shared_ptr<DynamicKeys>>& changed);
  void publish(TableLive& table);
  void sweep();
  [[nodiscard]] std::shared_ptr<DynamicKeys> list_named(std::string_view name, std::string* why);

  std::function<std::int64_t()> clock_us_;
  bool limits_by_clock_ = false;
  std::vector<Hold> holds_;
  std::atomic<PendingBan*> pending_{nullptr};
  std::atomic<std::size_t> pending_count_{0};
  std::atomic<std::uint64_t> bans_{0};
  std::atomic<std::uint64_t> bans_lost_{0};
  std::atomic<std::uint64_t> changes_{0};
  std::mutex mutex_;                       ///< all below
  std::map<std::string, bool> set_flags_;  ///< by message
  std::map<std::string, std::shared_ptr<DynamicKeys>> lists_;
  std::map<std::string, std::shared_ptr<LimitState>> limits_;
  std::vector<std::shared_ptr<TableLive>> tables_;  ///< the last is the current one
  std::deque<Trash> trash_;                         ///< oldest first; freed in this order
};

/// The ledger of one worker: charges the shared buckets and counts.
class SharedLedger final : public Ledger {
 public:
  explicit SharedLedger(LiveState& state) : state_(state) {}
  /// Before a phase: the table that the request holds.
  void use(const TableLive* table) { table_ = table; }
  [[nodiscard]] bool take(LimitId limit, std::string_view key) override;
  std::uint64_t checks = 0;
  std::uint64_t rejections = 0;
  std::uint64_t evictions = 0;

 private:
  LiveState& state_;
  const TableLive* table_ = nullptr;
};

}  // namespace sprx
