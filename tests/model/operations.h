// The families of operations of a model run. Each does one thing, or nothing when there is nothing
// to do it to.
#pragma once

#include <cstdint>
#include <vector>

namespace replicafs {

class Model;

struct Operation {
  uint64_t weight = 1;
  void (*run)(Model& model) = nullptr;
};

// Of handles and their content.
void OpenSome(Model& model);
void WriteSome(Model& model);
void ReadSome(Model& model);
void FlushSome(Model& model);
void CloseSome(Model& model);
void TruncateSome(Model& model);

// Of ranges.
void AllocateSome(Model& model);
void CopySome(Model& model);
void FindSome(Model& model);

// Of names.
void MakeDirectory(Model& model);
void MakeSymlink(Model& model);
void Remove(Model& model);
void RenameSome(Model& model);
void ExchangeSome(Model& model);

// Of attributes.
void ChangeAttributes(Model& model);
void ChangeXattr(Model& model);

// Of mounts.
void SettleMount(Model& model);
void RemountSome(Model& model);
void CrashMount(Model& model);
void WorkInTheOtherMount(Model& model);
void CompareOtherMount(Model& model);
// Gives back what is open in the mount that works, so that nothing waits for a commit.
void CloseAll(Model& model);
// Only what is open for writing.
void CloseWriters(Model& model);

// Of the link and its destination.
void StepLink(Model& model);
void CrashLink(Model& model);
void CompareReplica(Model& model);
void BeRefusedByReplica(Model& model);

// Of versions and the past.
void ReadVersions(Model& model);
void DeleteVersion(Model& model);
void RememberMoment(Model& model);
void ReadMoment(Model& model);
void RestoreMoment(Model& model);

}  // namespace replicafs
