// What the commands about one blob share.
#pragma once

#include <optional>
#include <string>

#include "tools/versions_target.h"

namespace replicafs {

// A version of a blob that a command names: the current one without `version`.
struct BlobOptions {
  std::string path;
  std::string version;
};

struct BlobTarget {
  VersionsTarget target;
  BlobInfo info;

  BlobStore& store() const { return target.store(); }
};

void AddBlobOptions(CLI::App& command, BlobOptions& options);
// kNotFound says how to find what there is.
Result<BlobTarget> FindBlob(Context& context, const BlobOptions& options);
// Makes the change and prints the version as it is then. Errors name it.
Result<ExitCode> ChangeBlob(Context& context, const BlobTarget& blob, Mutation change);
// All that is known of it.
void PrintBlob(Context& context, const VersionsTarget& target, const BlobInfo& info);

void AddBlobPut(CommandLine& line, CLI::App& blob_group);
void AddBlobGet(CommandLine& line, CLI::App& blob_group);
void AddBlobSnapshot(CommandLine& line, CLI::App& blob_group);
void AddBlobShow(CommandLine& line, CLI::App& blob_group);
void AddBlobTier(CommandLine& line, CLI::App& blob_group);
void AddBlobImmutability(CommandLine& line, CLI::App& blob_group);
void AddBlobLegalHold(CommandLine& line, CLI::App& blob_group);

}  // namespace replicafs
