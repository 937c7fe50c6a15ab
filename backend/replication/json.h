// The JSON of this folder's state rows: encoding without exceptions, decoding that checks types.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/result.h"
#include "backend/base/time.h"

namespace replicafs::json {

inline std::string Encode(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// kCorrupt unless the text is one JSON object. `what` names the row in the message.
Result<nlohmann::json> DecodeObject(std::string_view text, std::string_view what);

// Takes members out of an object. A member that is missing or of another type gives a zero value
// and makes `complete` false; members that nobody asks for are ignored.
class Members {
 public:
  explicit Members(const nlohmann::json& object) : object_(object) {}

  std::string Text(const char* key);
  uint64_t Number(const char* key);
  Timestamp Time(const char* key);
  std::vector<std::string> Texts(const char* key);
  // The elements of an array of objects.
  std::vector<nlohmann::json> Objects(const char* key);

  bool complete() const { return complete_; }

 private:
  const nlohmann::json* Find(const char* key);

  const nlohmann::json& object_;
  bool complete_ = true;
};

}  // namespace replicafs::json
