#include "backend/embedded/schema.h"

#include <array>
#include <string>

#include "backend/embedded/codec.h"

namespace replicafs::embedded {
namespace {

constexpr uint64_t kFormat = 1;
constexpr std::string_view kFormatKey = "format";

constexpr std::array<std::string_view, 11> kNames{
    "meta",         "containers", "entries",      "graves",  "versions", "contents",
    "content_refs", "blocks",     "unreferenced", "journal", "state"};

Result<Tables> OpenTables(lmdb::Environment& environment) {
  const std::vector<lmdb::Table> tables = TRY(environment.OpenTables(kNames));
  return Tables{.meta = tables[0],
                .containers = tables[1],
                .entries = tables[2],
                .graves = tables[3],
                .versions = tables[4],
                .contents = tables[5],
                .content_refs = tables[6],
                .blocks = tables[7],
                .unreferenced = tables[8],
                .journal = tables[9],
                .state = tables[10]};
}

}  // namespace

Status CreateSchema(lmdb::Environment& environment) {
  const Tables tables = TRY(OpenTables(environment));
  return environment.Update([&](lmdb::WriteTransaction& transaction) -> Status {
    const auto format = TRY(tables.meta.Get(transaction, kFormatKey));
    if (format) return Error{ErrorCode::kExists, "there is an account already"};
    Encoder encoder;
    encoder.Number(kFormat);
    TRY(tables.meta.Put(transaction, kFormatKey, encoder.Take()));
    return WriteCounters(transaction, tables, Counters{});
  });
}

Result<Tables> OpenSchema(lmdb::Environment& environment) {
  const Tables tables = TRY(OpenTables(environment));
  const lmdb::ReadTransaction transaction = TRY(environment.BeginRead());
  const auto format = TRY(tables.meta.Get(transaction, kFormatKey));
  if (!format) return Error{ErrorCode::kNotFound, "there is no account here"};
  Decoder decoder(*format);
  const uint64_t number = decoder.Number();
  TRY(decoder.Finish("the format's row"));
  if (number != kFormat) {
    return Error{ErrorCode::kNotSupported, "the account has format " + std::to_string(number) +
                                               "; this program knows format " +
                                               std::to_string(kFormat) + " only"};
  }
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
