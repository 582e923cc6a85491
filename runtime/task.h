// Task: a coroutine that one other coroutine waits for, on one thread. Every step of a connection that has to wait is
// one.
//
// Not asio::awaitable: a connection runs its upload and its download side by side and needs to start, cancel and join
// them without a spawn, a timer or an executor each; and this compiles in a fraction of the time.
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "runtime/frame_pool.h"

namespace sprx {

template <typename T>
class Task;

namespace task_detail {

struct PromiseBase : PooledFrame {
  std::coroutine_handle<> waiter;
  bool starting = false;  ///< the first resume is on the stack: whoever started us looks at done() itself

  struct Final {
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <typename Promise>
    void await_suspend(std::coroutine_handle<Promise> self) const noexcept {
      const PromiseBase& promise = self.promise();
      const std::coroutine_handle<> next = promise.starting ? nullptr : promise.waiter;
      if (next) next.resume();  // may destroy this frame: nothing of it is touched afterwards
    }
    void await_resume() const noexcept {}
  };

  std::suspend_always initial_suspend() noexcept { return {}; }
  Final final_suspend() noexcept { return {}; }
  // Nothing on the data path throws; running out of memory is the end.
  [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }
};

template <typename T>
struct Promise : PromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  void return_value(T result) { value.emplace(std::move(result)); }
  T take() { return std::move(*value); }
};

template <>
struct Promise<void> : PromiseBase {
  Task<void> get_return_object();
  void return_void() {}
  void take() {}
};

}  // namespace task_detail

/// Starts when it is awaited, or earlier with start(). Completions that need no waiting use no stack: loops are safe.
/// The task must be done, or never have been started, when it is destroyed.
template <typename T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = task_detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task() = default;
  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  /// Runs to its first wait; it goes on by itself from there. Await it later to join it.
  void start() {
    promise_type& promise = handle_.promise();
    promise.starting = true;
    handle_.resume();
    promise.starting = false;
  }
  [[nodiscard]] bool valid() const { return handle_ != nullptr; }
  [[nodiscard]] bool done() const { return handle_ && handle_.done(); }

  struct Awaiter {
    Handle handle;
    bool started;
    [[nodiscard]] bool await_ready() const { return handle.done(); }
    bool await_suspend(std::coroutine_handle<> waiter) {
      promise_type& promise = handle.promise();
      promise.waiter = waiter;
      if (started) return true;
      promise.starting = true;
      handle.resume();
      promise.starting = false;
      return !handle.done();
    }
    T await_resume() { return handle.promise().take(); }
  };
  Awaiter operator co_await() & { return Awaiter{handle_, true}; }    // a started task that is joined
  Awaiter operator co_await() && { return Awaiter{handle_, false}; }  // a call

 private:
  Handle handle_;
};

namespace task_detail {
template <typename T>
Task<T> Promise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}
}  // namespace task_detail

/// A coroutine that nobody waits for: it owns what it needs and its frame goes when it ends.
struct Detached {
  struct promise_type : PooledFrame {
    Detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    [[noreturn]] void unhandled_exception() noexcept { std::terminate(); }
  };
};

}  // namespace sprx
