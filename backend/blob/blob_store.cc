#include "backend/blob/blob_store.h"

#include <utility>

namespace replicafs {

Result<Outcome> ApplyOne(BlobStore& store, Mutation mutation, uint64_t writer) {
  std::vector<Mutation> mutations;
  mutations.push_back(std::move(mutation));
  auto outcomes = TRY(store.Apply(std::move(mutations), writer));
  return std::move(outcomes.front());
}

}  // namespace replicafs
