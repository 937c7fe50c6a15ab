#include "backend/embedded/check_blocks.h"

#include <unordered_set>

#include "backend/embedded/keys.h"

namespace replicafs::embedded {
namespace {

class FileCheck {
 public:
  FileCheck(AccountParts& parts, CheckDepth depth, CheckReport& report)
      : parts_(parts), depth_(depth), report_(report) {}

  Status CheckBlock(const Digest& digest, const BlockRecord& record) {
    if (record.references == 0) return Ok();
    const std::string path = parts_.files.PathOf(digest);
    const auto size = TRY(parts_.files.SizeOf(digest));
    if (!size) {
      const bool still_used = TRY(IsReferenced(digest));
      if (still_used) Find("block-missing", "block file '" + path + "' is missing");
      return Ok();
    }
    if (*size != record.size_bytes) {
      Find("block-size", "block file '" + path + "' has " + std::to_string(*size) +
                             " bytes instead of " + std::to_string(record.size_bytes));
      return Ok();
    }
    return depth_ == CheckDepth::kBytes ? CheckBytes(digest, path) : Ok();
  }

  // A file that no row speaks of.
  Status CheckOrphan(const Digest& digest) {
    const std::string path = parts_.files.PathOf(digest);
    Note("block-orphan", "block file '" + path + "' belongs to no blob (it may be staged)");
    return Ok();
  }

  Status CheckStranger(const std::string& path) {
    Note("file-unknown", "'" + path + "' is no block file");
    return Ok();
  }

 private:
  // The table may have changed since it was read.
  Result<bool> IsReferenced(const Digest& digest) {
    const lmdb::ReadTransaction transaction = TRY(parts_.environment->BeginRead());
    const auto row = TRY(parts_.tables.blocks.Get(transaction, BlockKey(digest)));
    if (!row) return false;
    const BlockRecord record = TRY(DecodeBlock(*row));
    return record.references > 0;
  }

  Status CheckBytes(const Digest& digest, const std::string& path) {
    const std::string bytes = TRY(ReadWholeFile(path));
    if (Sha256(AsBytes(bytes)) == digest) return Ok();
    parts_.files.MarkDamaged(digest);
    Find("block-damaged", "block file '" + path + "' does not hold the block");
    return Ok();
  }

  void Find(std::string kind, std::string what) {
    report_.findings.push_back({Severity::kError, std::move(kind), std::move(what), false});
  }
  void Note(std::string kind, std::string what) {
    report_.findings.push_back({Severity::kInformation, std::move(kind), std::move(what), false});
  }

  AccountParts& parts_;
  const CheckDepth depth_;
  CheckReport& report_;
};

}  // namespace

Status CheckBlockFiles(AccountParts& parts, const BlockTable& blocks, CheckDepth depth,
                       CheckReport& report) {
  FileCheck check(parts, depth, report);
  for (const auto& [digest, record] : blocks) TRY(check.CheckBlock(digest, record));
  const auto orphan = [&](const Digest& digest) -> Status {
    return blocks.contains(digest) ? Ok() : check.CheckOrphan(digest);
  };
  const auto stranger = [&](const std::string& path) { return check.CheckStranger(path); };
  for (size_t shard = 0; shard < kShardCount; ++shard)
    TRY(parts.files.ForEach(shard, orphan, stranger));
  const auto left = TRY(NamesIn(parts.files.staging_directory()));
  if (!left.empty()) {
    report.findings.push_back(
        {Severity::kInformation, "staging",
         std::to_string(left.size()) + " files lie in '" + parts.files.staging_directory() + "'",
         false});
  }
  return Ok();
}

}  // namespace replicafs::embedded
