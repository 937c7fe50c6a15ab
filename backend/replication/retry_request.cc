#include "backend/replication/retry_request.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "backend/replication/json.h"
#include "backend/replication/link_rows.h"

namespace replicafs {
namespace {

struct Requests {
  uint64_t asked = 0;
  uint64_t answered = 0;
  std::string error;
};

std::string Encode(const Requests& requests) {
  return json::Encode(
      {{"asked", requests.asked}, {"answered", requests.answered}, {"error", requests.error}});
}

Result<Requests> Decode(const std::string& text) {
  const auto object = TRY(json::DecodeObject(text, "retry"));
  json::Members members(object);
  Requests requests{.asked = members.Number("asked"),
                    .answered = members.Number("answered"),
                    .error = members.Text("error")};
  if (!members.complete()) return Error{ErrorCode::kCorrupt, "a link's retry row is incomplete"};
  return requests;
}

// Writes the row in place of what was read; false when somebody else was faster.
Result<bool> Replace(BlobStore& source, const std::string& policy_id, const std::string& policy_row,
                     const std::optional<std::string>& before,
                     const std::optional<std::string>& after) {
  const std::string key = RetryKey(policy_id);
  std::vector<Mutation> mutations;
  mutations.push_back(ExpectState{PolicyKey(policy_id), policy_row});
  mutations.push_back(ExpectState{key, before});
  if (after) {
    mutations.push_back(PutState{key, *after});
  } else {
    mutations.push_back(RemoveState{key});
  }
  const auto applied = source.Apply(std::move(mutations), 0);
  if (applied) return true;
  if (applied.error().code == ErrorCode::kPrecondition) return false;
  return applied.error();
}

Result<std::optional<Requests>> Read(BlobStore& source, const std::string& policy_id) {
  const auto row = TRY(source.GetState(RetryKey(policy_id)));
  if (!row) return std::optional<Requests>();
  auto requests = TRY(Decode(*row));
  return std::optional<Requests>(std::move(requests));
}

}  // namespace

Result<uint64_t> AskForRetry(BlobStore& source, const std::string& policy_id) {
  for (;;) {
    const auto policy_row = TRY(source.GetState(PolicyKey(policy_id)));
    if (!policy_row)
      return Error{ErrorCode::kNotFound, "the source does not have policy " + policy_id};
    const auto before = TRY(source.GetState(RetryKey(policy_id)));
    Requests requests;
    if (before) requests = TRY(Decode(*before));
    ++requests.asked;
    const bool written = TRY(Replace(source, policy_id, *policy_row, before, Encode(requests)));
    if (written) return requests.asked;
  }
}

Result<uint64_t> UnansweredRetry(BlobStore& source, const std::string& policy_id) {
  const auto requests = TRY(Read(source, policy_id));
  return requests && requests->asked > requests->answered ? requests->asked : 0;
}

Status AnswerRetry(BlobStore& source, const std::string& policy_id, uint64_t number,
                   const std::string& error) {
  for (;;) {
    const auto policy_row = TRY(source.GetState(PolicyKey(policy_id)));
    const auto before = TRY(source.GetState(RetryKey(policy_id)));
    if (!policy_row || !before) return Ok();
    auto requests = TRY(Decode(*before));
    if (requests.answered >= number) return Ok();
    requests.answered = number;
    requests.error = error;
    const bool written = TRY(Replace(source, policy_id, *policy_row, before, Encode(requests)));
    if (written) return Ok();
  }
}

Result<std::optional<std::string>> ReadRetryAnswer(BlobStore& source, const std::string& policy_id,
                                                   uint64_t number) {
  const auto requests = TRY(Read(source, policy_id));
  if (!requests) return std::optional<std::string>("");
  if (requests->answered < number) return std::optional<std::string>();
  return std::optional<std::string>(requests->error);
}

Status ForgetRetry(BlobStore& source, const std::string& policy_id, uint64_t number) {
  const auto policy_row = TRY(source.GetState(PolicyKey(policy_id)));
  const auto before = TRY(source.GetState(RetryKey(policy_id)));
  if (!policy_row || !before) return Ok();
  const Requests requests = TRY(Decode(*before));
  if (requests.asked > number) return Ok();
  TRY(Replace(source, policy_id, *policy_row, before, std::nullopt));
  return Ok();
}

Status RetryAllFailures(Account& source, Link& link, const std::string& policy_id,
                        const Clock& clock, std::stop_token stop) {
  const Timestamp begin = clock.Now();
  auto untried = std::numeric_limits<int64_t>::max();
  for (;;) {
    TRY(link.RetryFailures(stop));
    const auto failures = TRY(ReadFailures(source.store(), policy_id));
    const int64_t left =
        std::count_if(failures.begin(), failures.end(),
                      [&](const Failure& failure) { return failure.last < begin; });
    // Those that the link has not passed yet are not tried.
    if (left == 0 || left >= untried) return Ok();
    untried = left;
  }
}

}  // namespace replicafs
