#include "runtime/decide/act.h"

#include <algorithm>

#include "compiler/table/canonical.h"
#include "runtime/decide/authority.h"
#include "runtime/decide/escape.h"
#include "runtime/decide/url_text.h"

namespace sprx {
namespace {

Edit edit_of(const Action& action) {
  Edit edit;
  edit.word = action.word;
  edit.target = action.target;
  edit.first_name = action.first_name;
  edit.name_count = action.name_count;
  return edit;
}

}  // namespace

std::string_view ActionWriter::header_text(std::string_view text) {
  if (is_header_text(text)) return text;
  std::string& out = inputs_.buffer();
  out_.dropped_control += append_header_text(text, out);
  return inputs_.keep(out);
}

/// The Host that the next hop is sent, "" where `text` is none: then it stays what it was. A part of one would be
/// another host.
std::string_view ActionWriter::host_text(std::string_view text) {
  const std::optional<Authority> authority = split_authority(text);
  if (!authority) return {};
  if (is_host_name(authority->host)) return text;
  std::optional<std::string> host = unusual_host(authority->host);
  if (!host) return {};
  if (authority->port != 0) *host += ":" + std::to_string(authority->port);
  return inputs_.keep(*host);
}

void ActionWriter::edit(const Action& action, const Datum& value) {
  Edit edit = edit_of(action);
  if (action.attributes != kNoStr) edit.attributes = rules_.pool.strings.view(action.attributes);
  edit.present = value.present();
  if (!value.present()) {
    out_.edits.push_back(edit);
    return;
  }
  switch (action.target) {
    case Target::response_status:
      edit.number = value.kind() == Datum::Kind::number ? value.as_number() : 0;
      edit.present = edit.number >= 200 && edit.number <= 599;
      break;
    case Target::host: {
      edit.text = host_text(inputs_.text_of(value));
      edit.present = !edit.text.empty();
      break;
    }
    case Target::query:
      edit.text = inputs_.text_of(value);
      break;
    default:
      edit.text = header_text(inputs_.text_of(value));
  }
  out_.edits.push_back(edit);
}

void ActionWriter::edit(const Action& action) { out_.edits.push_back(edit_of(action)); }

void ActionWriter::path(const Action& action, std::span<const TextPart> parts) {
  std::string& out = inputs_.buffer();
  UrlText url(UrlText::Kind::path, out);
  for (const TextPart& part : parts) url.append(part);
  Edit edit = edit_of(action);
  edit.text = inputs_.keep(url.finish());
  out_.edits.push_back(edit);
}

void ActionWriter::origin(const Datum& value) {
  if (!value.present()) return;
  out_.has_origin = true;
  out_.origin = header_text(inputs_.text_of(value));
}

void ActionWriter::log(const Action& action, const Datum& value) {
  if (!value.present()) return;
  const std::string_view key = rules_.pool.strings.view(rules_.names[action.first_name]);
  out_.log.push_back({key, header_text(inputs_.text_of(value))});
}

void ActionWriter::ban(const Ban& ban, const Datum& value) {
  if (!value.present()) return;
  std::string_view key;
  if (value.kind() == Datum::Kind::address) {
    const bool prefix = rules_.dynamic_lists[static_cast<std::size_t>(ban.list)].kind == KeyKind::cidr;
    const std::span<char> bytes = inputs_.arena().array<char>(prefix ? 17 : 16);
    std::copy(value.as_address().bytes.begin(), value.as_address().bytes.end(), bytes.begin());
    if (prefix) bytes[16] = static_cast<char>(128);
    key = {bytes.data(), bytes.size()};
  } else {
    key = inputs_.text_of(value);
  }
  // Longer keys than a list can hold are nobody's: a client that sends one is not remembered by it.
  if (key.empty() || key.size() > kMaxLiveKey) return;
  out_.bans.push_back({ban.list, key, ban.for_us});
}

void ActionWriter::answer(ActionWord word, const Answer& answer) {
  out_.outcome = word == ActionWord::respond    ? Outcome::respond
                 : word == ActionWord::redirect ? Outcome::redirect
                                                : Outcome::deny;
  out_.status = answer.status;
  out_.keep_query = answer.keep_query;
  if (answer.content_type != kNoStr) out_.content_type = rules_.pool.strings.view(answer.content_type);
}

void ActionWriter::answer_header(const AnswerHeader& header, const Datum& value) {
  if (!value.present()) return;
  out_.headers.push_back({rules_.pool.strings.view(header.name), header_text(inputs_.text_of(value))});
}

void ActionWriter::location(std::span<const TextPart> parts) {
  std::string& out = inputs_.buffer();
  UrlText url(UrlText::Kind::location, out);
  for (const TextPart& part : parts) url.append(part);
  const std::string_view made = url.finish();
  // One text that goes out as it is was not made here: it does not count against what may be made (brief.h).
  out_.location = parts.size() == 1 && parts[0].text == made ? parts[0].text : inputs_.keep(made);
}

std::string_view ActionWriter::content_type() const {
  for (const DecidedHeader& header : out_.headers) {
    if (equal_nocase(header.name, "content-type")) return header.value;
  }
  return out_.content_type.empty() ? kDefaultType : out_.content_type;
}

void ActionWriter::body(std::span<const TextPart> parts) {
  out_.has_body = true;
  const bool foreign =
      std::any_of(parts.begin(), parts.end(), [](const TextPart& part) { return part.origin != Origin::own; });
  if (foreign) {
    out_.body_parts = parts;
    out_.escaping = escaping_for(content_type());
  }
  if (parts.size() == 1 && (!foreign || out_.escaping == Escaping::plain)) {
    out_.body = parts[0].text;
    return;
  }
  std::string& out = inputs_.buffer();
  if (append_body(parts, out_.escaping, out)) {
    out_.body = inputs_.keep(out);
  } else {
    inputs_.fail();
  }
}

}  // namespace sprx
