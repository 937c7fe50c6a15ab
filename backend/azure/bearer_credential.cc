#include "backend/azure/bearer_credential.h"

#include "backend/azure/exposure.h"

namespace replicafs::azure {

Status BearerCredential::Authorize(HttpRequest& request, const RequestContext&) {
  TRY(CheckNotExposed(request.url, "a token"));
  const Secret token = TRY(source_.Token());
  request.headers.push_back({"Authorization", "Bearer " + token.Reveal()});
  return Ok();
}

Result<CopySource> BearerCredential::AuthorizeSource(const SourceBlob& source, CopyForm form,
                                                     const RequestContext&) {
  if (form == CopyForm::kBackground) return CopySource{source.url, {}};
  const Secret token = TRY(source_.Token());
  return CopySource{source.url, {{"x-ms-copy-source-authorization", "Bearer " + token.Reveal()}}};
}

Result<bool> BearerCredential::Refresh() {
  return source_.Renew();
}

std::string BearerCredential::Remedy(Timestamp) const {
  return source_.Remedy();
}

}  // namespace replicafs::azure
