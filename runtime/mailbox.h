// Mailbox: how other threads talk to a worker, whose io_context must not be posted to from outside.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

namespace sprx {

/// Messages are functions that run on the worker's thread, in order. Writing wakes the worker through an eventfd.
class Mailbox {
 public:
  using Message = std::function<void()>;
  Mailbox();
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  /// Any thread. False once the worker has ended: the message will not run.
  bool tell(Message message);
  /// The worker: what came since the last call.
  std::vector<Message> take();
  /// The worker, at its end.
  void shut();
  /// Readable when there is something to take.
  [[nodiscard]] int fd() const { return fd_; }

 private:
  std::mutex mutex_;
  std::vector<Message> messages_;
  bool shut_ = false;
  int fd_;
};

}  // namespace sprx
