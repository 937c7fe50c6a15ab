// What `account create` and `account update` take for accounts of kind azure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tools/command.h"

namespace replicafs {

struct AzureOptions {
  std::optional<AzureAuth> auth;
  std::optional<std::string> credential_file;
  std::optional<uint32_t> check_seconds;
  bool no_check = false;

  void AddTo(CLI::App& command);
  // The first that was given; empty: none.
  std::string Given() const;
  // What of `settings` the options change, complete. The service was asked, unless it must not be.
  Result<AzureSettings> ApplyTo(AzureSettings settings) const;
};

// Versions of what is overwritten are kept by this program, whatever the service does. And what was
// answered before the service had it would be lost if the service then refused it.
Status RefuseForAzure(const std::optional<bool>& versioning,
                      const std::optional<Durability>& durability);

// The fields of an account of kind azure, of which a missing file is "environment".
std::vector<std::pair<std::string, std::string>> FieldsOf(const AzureSettings& settings);
Json ToJson(const AzureSettings& settings);

}  // namespace replicafs
