#include "backend/account/account_kind.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "backend/account/azure_connection.h"
#include "backend/azure/azure_account.h"
#include "backend/embedded/embedded_account.h"

namespace replicafs {
namespace {

Result<std::shared_ptr<Account>> OpenEmbedded(const AccountDescriptor& descriptor,
                                              const Clock& clock) {
  std::shared_ptr<Account> account =
      TRY(EmbeddedAccount::Open(descriptor.directory, descriptor.name, clock));
  return account;
}

Result<std::shared_ptr<Account>> OpenAzure(const AccountDescriptor& descriptor,
                                           const Clock& clock) {
  const AzureSettings settings = descriptor.azure.value_or(AzureSettings());
  std::stop_source stop;
  auto service = TRY(ConnectAzure(settings, stop.get_token()));
  AzureAccount::Options options;
  options.store.fresh = settings.check;
  auto opened = TRY(AzureAccount::Open(descriptor.directory, descriptor.name, std::move(service),
                                       clock, options));
  // Who closes it does not wait for a service that does not answer: what was under way is in the
  // local side, and is taken up when it is opened again.
  return std::shared_ptr<Account>(opened.release(), [stop](Account* account) mutable {
    stop.request_stop();
    delete account;
  });
}

struct Kind {
  std::string_view name;
  Status (*create)(const std::string& directory);
  Result<std::shared_ptr<Account>> (*open)(const AccountDescriptor&, const Clock&);
};

constexpr Kind kKinds[] = {
    {kEmbeddedKind, EmbeddedAccount::Create, OpenEmbedded},
    {kAzureKind, AzureAccount::Create, OpenAzure},
};

Result<const Kind*> KindOf(const AccountDescriptor& descriptor) {
  const auto* found = std::find_if(std::begin(kKinds), std::end(kKinds),
                                   [&](const Kind& kind) { return kind.name == descriptor.kind; });
  if (found != std::end(kKinds)) return found;
  return Error{ErrorCode::kNotSupported, "account '" + descriptor.name + "' is of kind '" +
                                             descriptor.kind + "', which this release cannot open"};
}

}  // namespace

Status CreateAccountData(const AccountDescriptor& descriptor, const std::string& directory) {
  const Kind* kind = TRY(KindOf(descriptor));
  return kind->create(directory);
}

Result<std::shared_ptr<Account>> OpenAccountData(const AccountDescriptor& descriptor,
                                                 const Clock& clock) {
  const Kind* kind = TRY(KindOf(descriptor));
  return kind->open(descriptor, clock);
}

}  // namespace replicafs
