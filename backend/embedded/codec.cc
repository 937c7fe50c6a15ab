#include "backend/embedded/codec.h"

#include <cstring>

namespace replicafs::embedded {

void Encoder::Number(uint64_t value) {
  while (value >= 0x80) {
    Byte(static_cast<uint8_t>(value | 0x80));
    value >>= 7;
  }
  Byte(static_cast<uint8_t>(value));
}

void Encoder::Signed(int64_t value) {
  const auto bits = static_cast<uint64_t>(value);
  Number((bits << 1) ^ (value < 0 ? ~uint64_t{0} : 0));
}

void Encoder::Text(std::string_view text) {
  Number(text.size());
  bytes_.append(text);
}

void Encoder::Raw(std::span<const uint8_t> bytes) {
  bytes_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

uint8_t Decoder::Byte() {
  if (failed_ || rest_.empty()) {
    failed_ = true;
    return 0;
  }
  const auto value = static_cast<uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return value;
}

uint64_t Decoder::Number() {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const uint8_t byte = Byte();
    value |= uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) return failed_ ? 0 : value;
  }
  failed_ = true;
  return 0;
}

int64_t Decoder::Signed() {
  const uint64_t bits = Number();
  return static_cast<int64_t>((bits >> 1) ^ ((bits & 1) != 0 ? ~uint64_t{0} : 0));
}

void Decoder::SkipNumbers(size_t count) {
  size_t at = 0;
  for (; count > 0 && at < rest_.size(); ++at) {
    if (static_cast<uint8_t>(rest_[at]) < 0x80) --count;
  }
  rest_.remove_prefix(at);
  if (count > 0) failed_ = true;
}

std::string_view Decoder::Text() {
  const uint64_t length = Number();
  if (failed_ || length > rest_.size()) {
    failed_ = true;
    return {};
  }
  const std::string_view text = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return text;
}

void Decoder::Raw(std::span<uint8_t> into) {
  if (failed_ || into.size() > rest_.size()) {
    failed_ = true;
    return;
  }
  std::memcpy(into.data(), rest_.data(), into.size());
  rest_.remove_prefix(into.size());
}

uint8_t Decoder::Choice(uint8_t count) {
  const uint8_t value = Byte();
  if (value < count) return value;
  failed_ = true;
  return 0;
}

size_t Decoder::Count() {
  const uint64_t count = Number();
  if (count > rest_.size()) failed_ = true;
  return failed_ ? 0 : count;
}

std::string_view Decoder::Rest() {
  const std::string_view rest = failed_ ? std::string_view() : rest_;
  rest_ = {};
  return rest;
}

Status Decoder::Finish(std::string_view what) const {
  if (!failed_ && rest_.empty()) return Ok();
  return Error{ErrorCode::kCorrupt, std::string(what) + " is damaged"};
}

}  // namespace replicafs::embedded
