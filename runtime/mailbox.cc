#include "runtime/mailbox.h"

#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace sprx {

Mailbox::Mailbox() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Mailbox::~Mailbox() { ::close(fd_); }

bool Mailbox::tell(Message message) {
  const std::lock_guard lock(mutex_);
  if (shut_) return false;
  messages_.push_back(std::move(message));
  const std::uint64_t one = 1;
  const ssize_t written = ::write(fd_, &one, sizeof one);
  return written == static_cast<ssize_t>(sizeof one);
}

std::vector<Mailbox::Message> Mailbox::take() {
  std::uint64_t count = 0;
  const std::lock_guard lock(mutex_);
  if (::read(fd_, &count, sizeof count) < 0) return {};
  return std::exchange(messages_, {});
}

void Mailbox::shut() {
  const std::lock_guard lock(mutex_);
  shut_ = true;
  messages_.clear();
}

}  // namespace sprx
