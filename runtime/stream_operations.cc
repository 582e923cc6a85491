// What of Stream knows no socket: the list of a worker's streams, deadlines, and how a pending operation begins and
// ends.
#include "runtime/stream.h"

namespace sprx {
namespace {

Io io_of(Io io, bool late) { return io == Io::cancelled && late ? Io::late : io; }

}  // namespace

Stream::Stream(Poller& poller, StreamList& list, std::size_t read_limit)
    : poller_(poller), list_(list), next_(list.first_), read_limit_(read_limit) {
  if (next_ != nullptr) next_->previous_ = this;
  list.first_ = this;
  ++list.size_;
}

void Stream::leave_list() {
  if (previous_ != nullptr) {
    previous_->next_ = next_;
  } else {
    list_.first_ = next_;
  }
  if (next_ != nullptr) next_->previous_ = previous_;
  --list_.size_;
}

void Stream::note_progress(Milliseconds now) {
  if (write_deadline_ == kNever || write_timeout_ == 0) return;
  const int left = unacknowledged();
  if (left < unacknowledged_) {
    last_write_ = now;
    write_deadline_ = now + write_timeout_;
  }
  unacknowledged_ = left;
}

void StreamList::sweep(Milliseconds now) {
  for (Stream* stream = first_; stream != nullptr; stream = stream->next_) {
    stream->note_progress(now);
    const bool read = now >= stream->read_deadline_;
    const bool write = now >= stream->write_deadline_;
    if (!read && !write) continue;
    stream->read_late_ = stream->read_late_ || read;
    stream->write_late_ = stream->write_late_ || write;
    if (read) stream->read_deadline_ = kNever;
    if (write) stream->write_deadline_ = kNever;
    stream->cancel(read, write);  // the other direction may be in good order
  }
}

bool Stream::ReadAwaiter::await_suspend(std::coroutine_handle<> waiter) {
  waiter_ = waiter;
  if (stream_.read_limit_ != 0 && into_.size() > stream_.read_limit_) into_ = into_.first(stream_.read_limit_);
  stream_.read_late_ = false;
  stream_.read_deadline_ = deadline_;
  stream_.reading_ = true;
  if (receive()) return true;
  over();
  return false;
}

void Stream::ReadAwaiter::over() {
  stream_.read_deadline_ = kNever;
  stream_.reading_ = false;
}

void Stream::ReadAwaiter::complete(Io io, std::size_t bytes) {
  over();
  resume(io_of(io, stream_.read_late_), bytes);
}

void Stream::WriteAwaiter::wait() {
  stream_.write_deadline_ = steady_ms() + timeout_;
  stream_.write_timeout_ = timeout_;
  stream_.unacknowledged_ = -1;
  wait_for_room();
}

void Stream::WriteAwaiter::await_suspend(std::coroutine_handle<> waiter) {
  waiter_ = waiter;
  stream_.write_late_ = false;
  wait();
}

void Stream::WriteAwaiter::complete(Io io, std::size_t) {
  stream_.write_deadline_ = kNever;
  if (io != Io::ok) return resume(io_of(io, stream_.write_late_), result_.bytes);
  if (attempt()) return resume(result_.io, result_.bytes);
  wait();
}

void Stream::ConnectAwaiter::await_suspend(std::coroutine_handle<> waiter) {
  waiter_ = waiter;
  stream_.write_late_ = false;
  stream_.write_timeout_ = 0;
  stream_.write_deadline_ = deadline_;
  wait();
}

void Stream::ConnectAwaiter::complete(Io io, std::size_t) {
  stream_.write_deadline_ = kNever;
  if (io != Io::ok) return resume(io_of(io, stream_.write_late_), 0);
  resume(connected() ? Io::ok : Io::error, 0);
}

}  // namespace sprx
