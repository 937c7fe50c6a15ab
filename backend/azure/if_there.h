// What may be missing.
#pragma once

#include <optional>
#include <utility>

#include "backend/base/result.h"

namespace replicafs::azure {

// nullopt instead of kNotFound.
template <class T>
Result<std::optional<T>> IfThere(Result<T> result) {
  if (result) return std::optional<T>(*std::move(result));
  if (result.error().code == ErrorCode::kNotFound) return std::optional<T>();
  return std::move(result).error();
}

}  // namespace replicafs::azure
