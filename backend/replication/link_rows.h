// How the rows of link_state.h are named and written. For this folder alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "backend/base/result.h"
#include "backend/replication/link_state.h"

namespace replicafs {

// The row "link/<policy>/cursor" at the destination.
struct LinkCursor {
  uint64_t sequence = 0;  // in the source's journal; every event up to it is done
  uint64_t versions_copied = 0;
  uint64_t logical_bytes = 0;
  uint64_t sent_bytes = 0;
  uint64_t versions_skipped = 0;  // CountSkipped up to `sequence`
  // Blobs of events up to here may be at the destination already, from an earlier policy.
  uint64_t adopt_until = 0;

  bool operator==(const LinkCursor&) const = default;
};

constexpr std::string_view kPolicyPrefix = "policy/";
// A row that every change of an account's policies changes; absent when it has none.
constexpr std::string_view kPoliciesGenerationKey = "policies";

std::string PolicyKey(std::string_view policy_id);
std::string CursorKey(std::string_view policy_id);
// The rules that the cursor has come so far with; see link_rules.h.
std::string RulesKey(std::string_view policy_id);
// What stands in them: see link_passed.h.
std::string FormsKey(std::string_view policy_id);
std::string PassedKey(std::string_view policy_id);
std::string ProgressKey(std::string_view policy_id);
std::string FailurePrefix(std::string_view policy_id);
std::string FailureKey(std::string_view policy_id, uint64_t sequence);
std::string RetryKey(std::string_view policy_id);
std::string SupersededPrefix(std::string_view policy_id);
std::string SupersededKey(std::string_view policy_id, uint64_t sequence);

std::string Encode(const LinkCursor& cursor);
std::string Encode(const LinkProgress& progress);
std::string Encode(const Failure& failure);
Result<LinkCursor> DecodeCursor(std::string_view text);
Result<LinkProgress> DecodeProgress(std::string_view text);
Result<Failure> DecodeFailure(std::string_view text);

}  // namespace replicafs
