// From where in the source's journal the rules of a policy copy. For this folder alone.
#pragma once

#include <cstdint>

#include "backend/replication/policy.h"

namespace replicafs {

// Everything that a rule's filter asks for, or what comes after `head`. A rule of `before`
// (nullptr: none) that copied what comes, between the same containers, goes on from where it began.
void TakeStarts(const Policy* before, uint64_t head, Policy& policy);

}  // namespace replicafs
