#include "backend/embedded/check_rows.h"

#include <string>
#include <string_view>
#include <utility>

#include "backend/embedded/keys.h"
#include "backend/lmdb/cursor.h"

namespace replicafs::embedded {
namespace {

// Of each table: more are counted and not named.
constexpr uint64_t kNamedMaxRows = 1000;

template <class T>
Status Dropping(Result<T> decoded) {
  if (!decoded) return std::move(decoded).error();
  return Ok();
}

Status CheckValue(TableId table, std::string_view key, std::string_view value) {
  switch (table) {
    case TableId::kMeta: return Dropping(DecodeCounters(value));
    case TableId::kContainers: return Dropping(DecodeContainer(value));
    case TableId::kEntries:
      if (!IsDirectoryComponent(ComponentOfEntry(key))) return Dropping(DecodeVersion(value));
      return Dropping(DecodeDirectory(value));
    case TableId::kGraves: return Dropping(DecodeDirectory(value));
    case TableId::kVersions: return Dropping(DecodeVersion(value));
    case TableId::kContents: return Dropping(DecodeContent(value));
    case TableId::kBlocks: return Dropping(DecodeBlock(value));
    case TableId::kJournal: return Dropping(DecodeEvent(value));
    // Their rows are all sealed.
    case TableId::kContentRefs:
    case TableId::kUnreferenced:
    case TableId::kState: return Ok();
  }
  return Ok();
}

class RowCheck {
 public:
  RowCheck(const Table& table, BlockTable& blocks, CheckReport& report)
      : table_(table), blocks_(blocks), report_(report) {}

  bool Run(const lmdb::Transaction& transaction) {
    std::string last_key;
    const Status walked = Walk(transaction, last_key);
    if (!walked) {
      const std::string where = last_key.empty()
                                    ? "at its beginning"
                                    : "beyond the " + DescribeRow(table_.id(), last_key);
      Find("table-unreadable", "table '" + std::string(NameOf(table_.id())) + "' cannot be read " +
                                   where + ": " + walked.error().message);
    }
    if (damaged_ > kNamedMaxRows) {
      Find("row-damaged", std::to_string(damaged_ - kNamedMaxRows) + " more rows of '" +
                              std::string(NameOf(table_.id())) + "' are damaged");
    }
    return walked && damaged_ == 0;
  }

 private:
  Status Walk(const lmdb::Transaction& transaction, std::string& last_key) {
    auto cursor = TRY(lmdb::Cursor::Open(transaction, table_.rows()));
    bool found = TRY(cursor.First());
    while (found) {
      const Status sound = CheckRow(cursor.key(), cursor.value());
      if (!sound && ++damaged_ <= kNamedMaxRows) Find("row-damaged", sound.error().message);
      if (!sound && sound.error().code == ErrorCode::kIo) return sound;
      if (cursor.key() <= last_key)
        return Error{ErrorCode::kCorrupt, "the next row stands where its key does not belong"};
      last_key = cursor.key();
      found = TRY(cursor.Next());
    }
    return Ok();
  }

  Status CheckRow(std::string_view key, std::string_view row) {
    if (table_.id() == TableId::kMeta && key == kFormatKey) return Ok();
    const std::string_view value = TRY(UnsealRow(table_.id(), key, row));
    Status sound = CheckValue(table_.id(), key, value);
    if (!sound) return std::move(sound).error().Within(DescribeRow(table_.id(), key));
    if (table_.id() == TableId::kBlocks) blocks_[DigestOf(key)] = TRY(DecodeBlock(value));
    return Ok();
  }

  void Find(std::string kind, std::string what) {
    report_.findings.push_back({Severity::kError, std::move(kind), std::move(what), false});
  }

  const Table& table_;
  BlockTable& blocks_;
  CheckReport& report_;
  uint64_t damaged_ = 0;
};

}  // namespace

bool CheckRows(const lmdb::Transaction& transaction, const Tables& tables, BlockTable& blocks,
               CheckReport& report) {
  bool sound = true;
  for (const Table* table :
       {&tables.meta, &tables.containers, &tables.entries, &tables.graves, &tables.versions,
        &tables.contents, &tables.content_refs, &tables.blocks, &tables.unreferenced,
        &tables.journal, &tables.state}) {
    if (!RowCheck(*table, blocks, report).Run(transaction)) sound = false;
  }
  if (!sound) {
    report.findings.push_back({Severity::kInformation, "not-compared",
                               "because of that, how the rows go together was not compared",
                               false});
  }
  return sound;
}

}  // namespace replicafs::embedded
