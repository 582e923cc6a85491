#include "runtime/poller.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <utility>

#include "runtime/stream.h"

namespace sprx {
namespace {

using boost::system::error_code;

int make_set() {
  const int fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) throw boost::system::system_error(error_code(errno, boost::system::system_category()), "epoll_create1");
  return fd;
}

}  // namespace

Poller::Poller(boost::asio::io_context& context) : context_(context), set_(context, make_set()) {}

void Poller::start() { wait(); }

bool Poller::watch(int fd, Stream& stream) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLET;
  event.data.ptr = &stream;
  return ::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void Poller::again(Stream& stream) {
  if (stream.queued_) return;
  if (queued_.empty()) boost::asio::post(context_, [this] { tell_queued(); });
  queued_.push_back(&stream);
  stream.queued_ = true;
}

void Poller::forget_events(const Stream& stream) {
  for (int i = next_; i < count_; ++i) {
    if (events_[i].data.ptr == &stream) events_[i].data.ptr = nullptr;
  }
}

void Poller::forget(const Stream& stream) {
  forget_events(stream);
  if (stream.queued_) {
    for (std::vector<Stream*>* list : {&queued_, &taken_}) {
      const auto found = std::find(list->begin(), list->end(), &stream);
      if (found != list->end()) *found = nullptr;
    }
  }
  if (current_ == &stream) current_ = nullptr;
}

void Poller::wait() {
  set_.async_wait(Descriptor::wait_read, [this](const error_code& ec) {
    if (ec) return;
    tell_events();
    wait();
  });
}

void Poller::tell_events() {
  count_ = ::epoll_wait(set_.native_handle(), events_, kBatch, 0);
  // All of them know before any of them acts: a connection that is about to be used may be one of a later event.
  for (next_ = 0; next_ < count_; ++next_) {
    static_cast<Stream*>(events_[next_].data.ptr)->note(events_[next_].events);
  }
  for (next_ = 0; next_ < count_;) {
    const epoll_event event = events_[next_++];
    if (event.data.ptr == nullptr) continue;
    auto* stream = static_cast<Stream*>(event.data.ptr);
    current_ = stream;
    stream->on_ready(event.events);
  }
  count_ = next_ = 0;
  current_ = nullptr;
}

void Poller::tell_queued() {
  taken_.swap(queued_);
  for (std::size_t i = 0; i < taken_.size(); ++i) {
    Stream* stream = std::exchange(taken_[i], nullptr);
    if (stream == nullptr) continue;
    stream->queued_ = false;
    current_ = stream;
    stream->on_ready(0);
  }
  taken_.clear();
  current_ = nullptr;
}

}  // namespace sprx
