#include "tests/decide/decide_check.h"

#include "tests/decide/program_maker.h"

namespace sprx::test {

std::string broken_decision(std::string_view input) {
  ProgramMaker maker(input);
  const auto table = maker.program();
  maker.turn_to_messages();
  OwnLive own(table->rules());
  maker.fill(own);
  const LiveView live = own.view();
  Scratch scratch;
  for (int count = 0; count == 0 || (count < kMessagesOfInput && maker.more()); ++count) {
    Message message = maker.message();
    for (const Phase phase : {Phase::request, Phase::response}) {
      std::string found = difference(*table, live, message, phase, scratch);
      if (!found.empty()) return found;
    }
  }
  return {};
}

}  // namespace sprx::test
