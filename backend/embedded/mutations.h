// The changes that BlobStore::Apply makes, one function and one file for each family. On an error
// the caller aborts: what was done before it does not happen.
#pragma once

#include <optional>

#include "backend/base/result.h"
#include "backend/blob/mutation.h"
#include "backend/embedded/change.h"
#include "backend/embedded/service_side.h"

namespace replicafs::embedded {

// What is refused without looking at the account: bad names, keys and sizes.
Status Validate(const Mutation& mutation, uint64_t inline_max_bytes);
Status Validate(const ServiceChange& change, uint64_t inline_max_bytes);

// `md5` is that of content given as bytes.
Result<Outcome> Make(Change& change, const CommitBlob& commit, const std::optional<Md5>& md5);
Result<Outcome> Make(Change& change, const RemoveBlob& removal);
Result<Outcome> Make(Change& change, const RemoveVersion& removal);
Result<Outcome> Make(Change& change, const PatchBlob& patch);
Result<Outcome> Make(Change& change, const RenamePrefix& rename);
Result<Outcome> Make(Change& change, const ExchangePrefixes& exchange);
Result<Outcome> Make(Change& change, const SetImmutability& setting);
Result<Outcome> Make(Change& change, const SetLegalHold& setting);
Result<Outcome> Make(Change& change, const CreateSnapshot& creation);
Result<Outcome> Make(Change& change, const RemoveSnapshot& removal);
Result<Outcome> Make(Change& change, const CreateContainer& creation);
Result<Outcome> Make(Change& change, const DeleteContainer& deletion);
Result<Outcome> Make(Change& change, const SetDestination& setting);
Result<Outcome> Make(Change& change, const SetContainerImmutability& setting);
Result<Outcome> Make(Change& change, const ChangeContainerHolds& holds);
Result<Outcome> Make(Change& change, const PutState& put);
Result<Outcome> Make(Change& change, const RemoveState& removal);
Result<Outcome> Make(Change& change, const ExpectState& expectation);

Result<Outcome> Make(Change& change, const ImportBlob& import);
Result<Outcome> Make(Change& change, const ForgetBlob& forgotten);
Result<Outcome> Make(Change& change, const SettleVersion& settled);
Result<Outcome> Make(Change& change, const UndoEvent& undone);

}  // namespace replicafs::embedded
