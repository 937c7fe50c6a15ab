// Content that is encrypted with a key of the customer's. A store never learns the key: it is given
// ciphertext, and keeps beside it what tells the right key from others.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backend/base/content_key.h"
#include "backend/base/result.h"

namespace replicafs {

// Of a block list that holds ciphertext, each block encrypted for itself. The blocks are named by
// the SHA-256 of the ciphertext, as all are by that of what is stored.
struct ContentEncryption {
  Digest key_sha256;
  std::vector<Nonce> nonces;  // one a block

  bool operator==(const ContentEncryption&) const = default;
};

using ContentKeyPtr = std::shared_ptr<const ContentKey>;

// Whether the key (nullptr: none) is that of content with this encryption (nullopt: none).
// kCustomerKey says what is missing, or that another key was given, or one too many.
Status CheckKey(const std::optional<Digest>& key_sha256, const ContentKeyPtr& key,
                std::string_view name);

}  // namespace replicafs
