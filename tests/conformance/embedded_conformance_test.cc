#include "backend/embedded/embedded_account.h"
#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

const bool registered =
    RegisterStore({.name = "Embedded",
                   .open = [](const StorePlace& place) -> Result<std::unique_ptr<Account>> {
                     const Status created = EmbeddedAccount::Create(place.directory);
                     if (!created && created.error().code != ErrorCode::kExists)
                       return created.error();
                     EmbeddedAccount::Options options;
                     options.initial_map_bytes = 64 << 10;
                     std::unique_ptr<Account> account = TRY(
                         EmbeddedAccount::Open(place.directory, "embedded", *place.clock, options));
                     return account;
                   },
                   .durable = true});

}  // namespace
}  // namespace replicafs
