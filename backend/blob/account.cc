#include "backend/blob/account.h"

namespace replicafs {

std::string_view ToString(Durability durability) {
  return durability == Durability::kCommit ? "commit" : "relaxed";
}

std::optional<Durability> ParseDurability(std::string_view text) {
  for (const Durability durability : {Durability::kCommit, Durability::kRelaxed}) {
    if (text == ToString(durability)) return durability;
  }
  return std::nullopt;
}

}  // namespace replicafs
