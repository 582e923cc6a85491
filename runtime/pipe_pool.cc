#include "runtime/pipe_pool.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace sprx {

Pipe Pipe::make() {
  Pipe made;
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return made;
  made.out_ = ends[0];
  made.in_ = ends[1];
  ::fcntl(made.in_, F_SETPIPE_SZ, PipePool::kPipeSize);
  return made;
}

Pipe::Pipe(Pipe&& other) noexcept : in_(std::exchange(other.in_, -1)), out_(std::exchange(other.out_, -1)) {}

Pipe& Pipe::operator=(Pipe&& other) noexcept {
  std::swap(in_, other.in_);
  std::swap(out_, other.out_);
  return *this;
}

Pipe::~Pipe() {
  if (in_ >= 0) ::close(in_);
  if (out_ >= 0) ::close(out_);
}

bool PipePool::works() {
  static const bool answer = [] {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) return false;
    const Pipe pipe = Pipe::make();
    const bool moved = pipe.is_open() && ::send(ends[0], "x", 1, MSG_NOSIGNAL) == 1 &&
                       ::splice(ends[1], nullptr, pipe.in(), nullptr, 1, SPLICE_F_NONBLOCK) == 1 &&
                       ::splice(pipe.out(), nullptr, ends[0], nullptr, 1, SPLICE_F_NONBLOCK) == 1;
    ::close(ends[0]);
    ::close(ends[1]);
    return moved;
  }();
  return answer;
}

Pipe PipePool::take() {
  if (taken_ >= kMostPipes || !works()) return {};
  used_ = true;
  Pipe pipe;
  if (kept_.empty()) {
    pipe = Pipe::make();
  } else {
    pipe = std::move(kept_.back());
    kept_.pop_back();
  }
  if (pipe.is_open()) ++taken_;
  return pipe;
}

void PipePool::sweep() {
  if (!std::exchange(used_, false)) kept_.clear();
}

void PipePool::give(Pipe pipe, bool empty) {
  if (!pipe.is_open()) return;
  --taken_;
  if (empty && kept_.size() < kKeptPipes) kept_.push_back(std::move(pipe));
}

}  // namespace sprx
