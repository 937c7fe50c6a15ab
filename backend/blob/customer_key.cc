#include "backend/blob/customer_key.h"

namespace replicafs {

Status CheckKey(const std::optional<Digest>& key_sha256, const ContentKeyPtr& key,
                std::string_view name) {
  const auto refuse = [&](std::string_view what) {
    return Error{ErrorCode::kCustomerKey, "'" + std::string(name) + "' is " + std::string(what)};
  };
  if (!key_sha256 && key == nullptr) return Ok();
  if (!key_sha256) return refuse("not encrypted with a key of the customer's, and one was given");
  const std::string which = "whose SHA-256 is " + BlockId(*key_sha256);
  if (key == nullptr)
    return refuse("encrypted with a key of the customer's, " + which + ", and none was given");
  if (key->sha256() == *key_sha256) return Ok();
  return refuse("encrypted with another key than was given: with one " + which);
}

}  // namespace replicafs
