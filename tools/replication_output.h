// How commands print what replication has done and left.
#pragma once

#include <string>
#include <vector>

#include "backend/replication/status.h"
#include "tools/output.h"

namespace replicafs {

// "running"; "retrying" when the owner reports an error; "waiting" when no process runs the link;
// "half" when the policy IsHalf.
std::string StateOf(const LinkStatus& link);
std::string LinkName(const Policy& policy);    // "westus -> eastus"
std::string HalfPolicy(const Policy& policy);  // what is wrong with one that IsHalf

// How long it will take until nothing is pending: "3 m 20 s", "-" when nothing is or it is not
// known.
std::string RemainingText(const LinkStatus& link);

Json ToJson(const LinkStatus& link);
enum class FailureState {
  kRetried,     // tried again now and then
  kSuperseded,  // given up: ReadSuperseded
};
Json ToJson(const Policy& policy, const Failure& failure, FailureState state);
Table MakeStatusTable(const std::vector<LinkStatus>& links);
// What is pending, by how long ago it was made; empty when nothing is.
Table MakeAgeTable(const std::vector<LinkStatus>& links);
Table MakeFailureTable();
void AddFailure(Table& table, const Policy& policy, const Failure& failure, FailureState state);

}  // namespace replicafs
