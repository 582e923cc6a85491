// Poller: tells streams what their sockets are ready for. A worker's sockets are in an epoll set of their own, whose
// descriptor is one more thing that the worker's io_context waits for.
//
// Not Asio's reactor, which tells a reader neither that a socket is drained nor that its end has come: every read that
// has taken all there is would be followed by one in vain. Edge-triggered (epoll(7)): an event comes once, with every
// change; what is ready is known until a call says otherwise.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cstddef>
#include <cstdint>
#include <sys/epoll.h>
#include <vector>

namespace sprx {

class Stream;

/// For one thread, that of `context`.
class Poller {
 public:
  /// Throws boost::system::system_error where the kernel gives no epoll set, as io_context does.
  explicit Poller(boost::asio::io_context& context);
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  /// From now on, as long as the context runs.
  void start();
  /// Tells `stream` of every change of `fd`, beginning with what it is ready for now. False with errno set if the
  /// kernel has no memory for it.
  [[nodiscard]] bool watch(int fd, Stream& stream);
  /// Calls Stream::on_ready once more, without an event, when others have had their turn.
  void again(Stream& stream);
  /// The descriptor of `stream` is about to be closed: nothing more is told of it.
  void forget_events(const Stream& stream);
  /// `stream` is about to be destroyed.
  void forget(const Stream& stream);
  /// Streams are being told what has happened, and each knows already all that had when the kernel was last asked.
  [[nodiscard]] bool has_told_all() const { return count_ > 0 && count_ < kBatch; }
  /// The stream that is being told something; null once it has been destroyed.
  [[nodiscard]] const Stream* current() const { return current_; }

 private:
  using Descriptor = boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type>;
  static constexpr int kBatch = 128;  ///< events taken before the context gets its turn

  void wait();
  void tell_events();
  void tell_queued();

  boost::asio::io_context& context_;
  Descriptor set_;
  epoll_event events_[kBatch];
  int next_ = 0;
  int count_ = 0;
  std::vector<Stream*> queued_;
  std::vector<Stream*> taken_;
  const Stream* current_ = nullptr;
};

}  // namespace sprx
