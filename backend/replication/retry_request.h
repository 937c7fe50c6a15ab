// Asks the owner of a link to try its failures again now, whichever process that is.
//
// The row "link/<policy>/retry" at the source says how often it was asked and which of that was
// answered; whoever asked last removes it.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>

#include "backend/base/clock.h"
#include "backend/base/result.h"
#include "backend/blob/account.h"
#include "backend/replication/link.h"

namespace replicafs {

// The number of the request. kNotFound when the source does not have the policy.
Result<uint64_t> AskForRetry(BlobStore& source, const std::string& policy_id);

// For the owner: the newest request that is not answered; 0 when there is none.
Result<uint64_t> UnansweredRetry(BlobStore& source, const std::string& policy_id);
// All requests up to this one. `error`: why nothing could be tried; empty when it was.
Status AnswerRetry(BlobStore& source, const std::string& policy_id, uint64_t number,
                   const std::string& error);

// For who asked: the answer's error, or nullopt when there is no answer yet.
Result<std::optional<std::string>> ReadRetryAnswer(BlobStore& source, const std::string& policy_id,
                                                   uint64_t number);
// Removes the row unless somebody else waits for an answer. Afterwards all requests count as
// answered.
Status ForgetRetry(BlobStore& source, const std::string& policy_id, uint64_t number);

// Link::RetryFailures until each failure has been tried.
Status RetryAllFailures(Account& source, Link& link, const std::string& policy_id,
                        const Clock& clock, std::stop_token stop);

}  // namespace replicafs
