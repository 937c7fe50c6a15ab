#include "backend/replication/json.h"

namespace replicafs::json {

Result<nlohmann::json> DecodeObject(std::string_view text, std::string_view what) {
  auto value = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!value.is_object())
    return Error{ErrorCode::kCorrupt, "the row '" + std::string(what) + "' is no JSON object"};
  return value;
}

const nlohmann::json* Members::Find(const char* key) {
  const auto found = object_.find(key);
  if (found != object_.end()) return &*found;
  complete_ = false;
  return nullptr;
}

std::string Members::Text(const char* key) {
  const nlohmann::json* value = Find(key);
  if (value != nullptr && value->is_string()) return value->get<std::string>();
  complete_ = false;
  return {};
}

uint64_t Members::Number(const char* key) {
  const nlohmann::json* value = Find(key);
  if (value != nullptr && value->is_number_unsigned()) return value->get<uint64_t>();
  complete_ = false;
  return 0;
}

Timestamp Members::Time(const char* key) {
  const auto time = ParseTimestamp(Text(key));
  if (!time) complete_ = false;
  return time.value_or(Timestamp{});
}

std::vector<std::string> Members::Texts(const char* key) {
  std::vector<std::string> texts;
  const nlohmann::json* value = Find(key);
  if (value == nullptr) return texts;
  complete_ = complete_ && value->is_array();
  for (const auto& element : *value) {
    complete_ = complete_ && element.is_string();
    if (element.is_string()) texts.push_back(element.get<std::string>());
  }
  return texts;
}

std::vector<nlohmann::json> Members::Objects(const char* key) {
  std::vector<nlohmann::json> objects;
  const nlohmann::json* value = Find(key);
  if (value == nullptr) return objects;
  complete_ = complete_ && value->is_array();
  for (const auto& element : *value) {
    complete_ = complete_ && element.is_object();
    if (element.is_object()) objects.push_back(element);
  }
  return objects;
}

}  // namespace replicafs::json
