// An account's key as a Credential.
#pragma once

#include "backend/azure/credential.h"
#include "backend/azure/shared_key.h"

namespace replicafs::azure {

class SharedKeyCredential final : public Credential {
 public:
  explicit SharedKeyCredential(AccountKey key);

  Status Authorize(HttpRequest& request, const RequestContext& context) override;
  Result<CopySource> AuthorizeSource(const SourceBlob& source, CopyForm form,
                                     const RequestContext& context) override;
  Result<bool> Refresh() override;
  std::string Remedy(Timestamp now) const override;

 private:
  const AccountKey key_;
};

}  // namespace replicafs::azure
