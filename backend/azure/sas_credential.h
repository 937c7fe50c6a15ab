// A shared access signature as a Credential.
#pragma once

#include "backend/azure/credential.h"
#include "backend/azure/secret.h"

namespace replicafs::azure {

class SasCredential final : public Credential {
 public:
  explicit SasCredential(Secret token);  // as ParseSasToken gives it

  Status Authorize(HttpRequest& request, const RequestContext& context) override;
  Result<CopySource> AuthorizeSource(const SourceBlob& source, CopyForm form,
                                     const RequestContext& context) override;
  Result<bool> Refresh() override;
  std::string Remedy(Timestamp now) const override;

 private:
  const Secret token_;
};

}  // namespace replicafs::azure
