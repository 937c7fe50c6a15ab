#include "tests/conformance/suite.h"
#include "tests/support/memory_account.h"

namespace replicafs {
namespace {

const bool registered = RegisterStore(
    {.name = "Memory", .open = [](const StorePlace& place) -> Result<std::unique_ptr<Account>> {
       return std::make_unique<MemoryAccount>(MemoryAccountOptions{.clock = place.clock});
     }});

}  // namespace
}  // namespace replicafs
