#include "backend/embedded/rows.h"

#include <array>

#include "backend/base/crc32c.h"
#include "backend/embedded/keys.h"
#include "backend/lmdb/fault_guard.h"

namespace replicafs::embedded {
namespace {

// The first byte of a row.
constexpr char kPlainForm = 1;   // the value alone; what accounts of format 1 hold
constexpr char kSealedForm = 2;  // the value and a checksum
constexpr size_t kChecksumBytes = 4;

// What a key of the table has at least, so that its parts can be taken.
struct Shape {
  std::string_view name;
  size_t key_min_bytes;
  bool has_plain_rows;  // else all were sealed when the account left format 1
};

constexpr std::array<Shape, kTableCount> kShapes{{
    {"meta", 1, true},
    {"containers", 1, true},
    {"entries", kNumberBytes, true},
    {"graves", kNumberBytes, true},
    {"versions", 2 * kNumberBytes + 1, true},
    {"contents", kNumberBytes, true},
    {"content_refs", kNumberBytes, false},
    {"blocks", sizeof(Digest), true},
    {"unreferenced", kNumberBytes + sizeof(Digest), false},
    {"journal", kNumberBytes, true},
    {"state", 1, false},
}};

const Shape& ShapeOf(TableId table) {
  return kShapes[static_cast<size_t>(table)];
}

using ChecksumBytes = std::array<char, kChecksumBytes>;

ChecksumBytes Checksum(TableId table, std::string_view key, std::string_view form_and_value) {
  const std::array<char, 3> head{static_cast<char>(table), static_cast<char>(key.size() & 0xFF),
                                 static_cast<char>(key.size() >> 8)};
  uint32_t crc = Crc32c({head.data(), head.size()});
  crc = Crc32c(form_and_value, Crc32c(key, crc));
  ChecksumBytes bytes;
  for (char& byte : bytes) {
    byte = static_cast<char>(crc & 0xFF);
    crc >>= 8;
  }
  return bytes;
}

enum class Flaw { kNone, kKey, kForm, kChecksum };

// Owns nothing: it may be left anywhere (lmdb::Guarded).
Flaw FindFlaw(TableId table, std::string_view key, std::string_view row) {
  if (key.size() < ShapeOf(table).key_min_bytes) return Flaw::kKey;
  if (row.empty()) return Flaw::kForm;
  if (row.front() == kPlainForm && ShapeOf(table).has_plain_rows) {
    // For nothing but to have looked at it.
    static_cast<void>(Checksum(table, key, row));
    return Flaw::kNone;
  }
  if (row.front() != kSealedForm) return Flaw::kForm;
  if (row.size() < 1 + kChecksumBytes) return Flaw::kChecksum;
  const std::string_view covered = row.substr(0, row.size() - kChecksumBytes);
  const ChecksumBytes checksum = Checksum(table, key, covered);
  const bool same =
      row.substr(covered.size()) == std::string_view(checksum.data(), checksum.size());
  return same ? Flaw::kNone : Flaw::kChecksum;
}

Error Damaged(TableId table, std::string_view key, std::string_view why) {
  return Error{ErrorCode::kCorrupt, DescribeRow(table, key) + " is damaged: " + std::string(why)};
}

std::string Quoted(std::string_view name) {
  return "'" + std::string(name) + "'";
}

std::string DescribeKey(TableId table, std::string_view key) {
  if (key.size() < ShapeOf(table).key_min_bytes) return "a key that is too short";
  switch (table) {
    case TableId::kMeta:
    case TableId::kContainers: return Quoted(key);
    case TableId::kEntries:
    case TableId::kGraves:
      return "directory " + std::to_string(NumberOf(key)) + ", name " +
             Quoted(ComponentOfEntry(key));
    case TableId::kVersions:
      return "directory " + std::to_string(NumberOf(key)) + ", name " +
             Quoted(ComponentOfVersion(key)) + ", version " + ToString(VersionOf(key));
    case TableId::kContents:
    case TableId::kContentRefs: return "content " + std::to_string(NumberOf(key));
    case TableId::kBlocks:
    case TableId::kUnreferenced: return "block " + ToHex(DigestOf(key));
    case TableId::kJournal: return "event " + std::to_string(NumberOf(key));
    case TableId::kState: return Quoted(key.substr(1));
  }
  return "";
}

}  // namespace

std::string_view NameOf(TableId table) {
  return ShapeOf(table).name;
}

std::string DescribeRow(TableId table, std::string_view key) {
  return "row of " + Quoted(NameOf(table)) + " (" + DescribeKey(table, key) + ")";
}

std::string SealRow(TableId table, std::string_view key, std::string_view value) {
  std::string row;
  row.reserve(1 + value.size() + kChecksumBytes);
  row.push_back(kSealedForm);
  row.append(value);
  const ChecksumBytes checksum = Checksum(table, key, row);
  return row.append(checksum.data(), checksum.size());
}

bool IsSealed(TableId table, std::string_view key, std::string_view row) {
  return FindFlaw(table, key, row) == Flaw::kNone && row.front() == kSealedForm;
}

Result<std::string_view> UnsealRow(TableId table, std::string_view key, std::string_view row) {
  Flaw flaw = Flaw::kNone;
  const int code = lmdb::Guarded([&] {
    flaw = FindFlaw(table, key, row);
    return 0;
  });
  if (code != 0) {
    // Not even its key can be told.
    return Error{ErrorCode::kIo,
                 "a row of '" + std::string(NameOf(table)) + "' cannot be read from the disk"};
  }
  switch (flaw) {
    case Flaw::kNone: break;
    case Flaw::kKey: return Damaged(table, key, "no such key is written");
    case Flaw::kForm: return Damaged(table, key, "its form is unknown");
    case Flaw::kChecksum: return Damaged(table, key, "its checksum differs");
  }
  const size_t tail = row.front() == kSealedForm ? kChecksumBytes : 0;
  return row.substr(1, row.size() - 1 - tail);
}

Result<std::optional<std::string_view>> Table::Get(const lmdb::Transaction& transaction,
                                                   std::string_view key) const {
  const auto row = TRY(rows_.Get(transaction, key));
  if (!row) return std::optional<std::string_view>();
  return std::optional(TRY(UnsealRow(id_, key, *row)));
}

Status Table::Put(lmdb::WriteTransaction& transaction, std::string_view key,
                  std::string_view value) const {
  return rows_.Put(transaction, key, SealRow(id_, key, value));
}

Status Table::Append(lmdb::WriteTransaction& transaction, std::string_view key,
                     std::string_view value) const {
  return rows_.Append(transaction, key, SealRow(id_, key, value));
}

Result<Cursor> Cursor::Open(const lmdb::Transaction& transaction, const Table& table) {
  return Cursor(table.id(), TRY(lmdb::Cursor::Open(transaction, table.rows())));
}

Result<bool> Cursor::Reached(Result<bool> found, Order order, std::string_view asked) {
  if (!found || !*found) return found;
  const std::string_view key = rows_.key();
  value_ = TRY(UnsealRow(id_, key, rows_.value()));
  const bool in_order = order == Order::kAny || (order == Order::kNotBefore && key >= asked) ||
                        (order == Order::kAfter && key > asked) ||
                        (order == Order::kBefore && key < asked);
  if (!in_order) return Damaged(id_, key, "it stands where its key does not belong");
  key_ = key;
  return true;
}

Result<bool> Cursor::Seek(std::string_view key) {
  return Reached(rows_.Seek(key), Order::kNotBefore, key);
}
Result<bool> Cursor::SeekAfter(std::string_view key) {
  return Reached(rows_.SeekAfter(key), key.empty() ? Order::kAny : Order::kAfter, key);
}
Result<bool> Cursor::SeekBefore(std::string_view key) {
  return Reached(rows_.SeekBefore(key), Order::kBefore, key);
}
Result<bool> Cursor::First() {
  return Reached(rows_.First(), Order::kAny, {});
}
Result<bool> Cursor::Next() {
  return Reached(rows_.Next(), Order::kAfter, key_);
}
Result<bool> Cursor::Previous() {
  return Reached(rows_.Previous(), Order::kBefore, key_);
}

}  // namespace replicafs::embedded
