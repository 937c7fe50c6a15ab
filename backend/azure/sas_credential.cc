#include "backend/azure/sas_credential.h"

#include <utility>

#include "backend/azure/exposure.h"
#include "backend/azure/sas.h"
#include "backend/azure/uri.h"

namespace replicafs::azure {

SasCredential::SasCredential(Secret token) : token_(std::move(token)) {}

Status SasCredential::Authorize(HttpRequest& request, const RequestContext&) {
  TRY(CheckNotExposed(request.url, "a shared access signature"));
  AppendQuery(request.url, token_.Reveal());
  return Ok();
}

Result<CopySource> SasCredential::AuthorizeSource(const SourceBlob& source, CopyForm,
                                                  const RequestContext&) {
  CopySource copy{source.url, {}};
  AppendQuery(copy.url, token_.Reveal());
  return copy;
}

Result<bool> SasCredential::Refresh() {
  return false;
}

std::string SasCredential::Remedy(Timestamp now) const {
  const auto expiry = SasExpiry(token_);
  if (expiry && *expiry <= now)
    return "the shared access signature ended at " + ToString(*expiry) + ": get a new one";
  return "see that the shared access signature is whole, of this account, and allows this";
}

}  // namespace replicafs::azure
