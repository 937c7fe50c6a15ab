#include "backend/embedded/schema.h"

#include <array>
#include <string>

#include "backend/embedded/codec.h"
#include "backend/embedded/upgrade.h"

namespace replicafs::embedded {
namespace {

// 1: rows without checksums. 2: containers without protection. 3: block blobs alone.
constexpr uint64_t kFormat = 4;
constexpr uint64_t kUnprotectedFormat = 2;

Result<Tables> OpenTables(lmdb::Environment& environment) {
  std::array<std::string_view, kTableCount> names;
  for (size_t i = 0; i < names.size(); ++i) names[i] = NameOf(static_cast<TableId>(i));
  const std::vector<lmdb::Table> tables = TRY(environment.OpenTables(names));
  const auto table = [&](TableId id) { return Table(id, tables[static_cast<size_t>(id)]); };
  return Tables{.meta = table(TableId::kMeta),
                .containers = table(TableId::kContainers),
                .entries = table(TableId::kEntries),
                .graves = table(TableId::kGraves),
                .versions = table(TableId::kVersions),
                .contents = table(TableId::kContents),
                .content_refs = table(TableId::kContentRefs),
                .blocks = table(TableId::kBlocks),
                .unreferenced = table(TableId::kUnreferenced),
                .journal = table(TableId::kJournal),
                .state = table(TableId::kState)};
}

Result<std::optional<uint64_t>> ReadFormat(const lmdb::Transaction& transaction,
                                           const Tables& tables) {
  const auto row = TRY(tables.meta.rows().Get(transaction, kFormatKey));
  if (!row) return std::optional<uint64_t>();
  Decoder decoder(*row);
  const uint64_t number = decoder.Number();
  TRY(decoder.Finish("the format's row"));
  return std::optional(number);
}

Status WriteFormat(lmdb::WriteTransaction& transaction, const Tables& tables) {
  Encoder encoder;
  encoder.Number(kFormat);
  return tables.meta.rows().Put(transaction, kFormatKey, encoder.Take());
}

}  // namespace

Status CreateSchema(lmdb::Environment& environment) {
  const Tables tables = TRY(OpenTables(environment));
  return environment.Update([&](lmdb::WriteTransaction& transaction) -> Status {
    const auto format = TRY(ReadFormat(transaction, tables));
    if (format) return Error{ErrorCode::kExists, "there is an account already"};
    TRY(WriteFormat(transaction, tables));
    return WriteCounters(transaction, tables, Counters{});
  });
}

Result<Tables> OpenSchema(lmdb::Environment& environment) {
  const Tables tables = TRY(OpenTables(environment));
  const auto read = [&]() -> Result<std::optional<uint64_t>> {
    const lmdb::ReadTransaction transaction = TRY(environment.BeginRead());
    return ReadFormat(transaction, tables);
  };
  const auto format = TRY(read());
  if (!format) return Error{ErrorCode::kNotFound, "there is no account here"};
  if (format == kFormat) return tables;
  if (*format > kFormat || *format < kPlainFormat) {
    return Error{ErrorCode::kNotSupported, "the account has format " + std::to_string(*format) +
                                               "; this program knows formats up to " +
                                               std::to_string(kFormat)};
  }
  const Status upgraded = environment.Update([&](lmdb::WriteTransaction& transaction) -> Status {
    const auto now = TRY(ReadFormat(transaction, tables));
    if (now == kFormat) return Ok();  // somebody else was first
    if (now == kPlainFormat) TRY(SealPlainTables(transaction, tables));
    if (now <= kUnprotectedFormat) TRY(AddContainerProtection(transaction, tables));
    return WriteFormat(transaction, tables);
  });
  if (!upgraded) return upgraded.error();
  return tables;
}

Result<Counters> ReadCounters(const lmdb::Transaction& transaction, const Tables& tables) {
  const auto row = TRY(tables.meta.Get(transaction, kCountersKey));
  return DecodeCounters(row.value_or(std::string_view()));
}

Status WriteCounters(lmdb::WriteTransaction& transaction, const Tables& tables,
                     const Counters& counters) {
  return tables.meta.Put(transaction, kCountersKey, Encode(counters));
}

}  // namespace replicafs::embedded
