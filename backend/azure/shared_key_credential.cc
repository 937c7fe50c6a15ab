#include "backend/azure/shared_key_credential.h"

#include <utility>

#include "backend/azure/http_date.h"
#include "backend/azure/sas.h"
#include "backend/azure/uri.h"

namespace replicafs::azure {
namespace {

// Clocks may differ that much before the service refuses a signature.
constexpr int64_t kSkewTicks = 15 * 60 * Timestamp::kTicksPerSecond;
// Long enough for a copy of 256 MiB.
constexpr int64_t kSourceTicks = 3600 * Timestamp::kTicksPerSecond;

}  // namespace

SharedKeyCredential::SharedKeyCredential(AccountKey key) : key_(std::move(key)) {}

Status SharedKeyCredential::Authorize(HttpRequest& request, const RequestContext& context) {
  request.headers.push_back({"x-ms-date", HttpDate(context.now)});
  const std::string signature = Sign(key_, StringToSign(request, key_.account));
  request.headers.push_back({"Authorization", "SharedKey " + key_.account + ":" + signature});
  return Ok();
}

Result<CopySource> SharedKeyCredential::AuthorizeSource(const SourceBlob& source, CopyForm form,
                                                        const RequestContext& context) {
  if (form == CopyForm::kBackground) return CopySource{source.url, {}};
  ServiceSas sas;
  sas.container = source.container;
  sas.name = source.name;
  sas.version_id = source.version_id;
  sas.snapshot = source.snapshot;
  sas.start = Timestamp{context.now.ticks - kSkewTicks};
  sas.expiry = Timestamp{context.now.ticks + kSourceTicks};
  CopySource copy{source.url, {}};
  AppendQuery(copy.url, MakeSas(key_, sas).Reveal());
  return copy;
}

Result<bool> SharedKeyCredential::Refresh() {
  return false;
}

std::string SharedKeyCredential::Remedy(Timestamp) const {
  return "see that the key is the account's, and not one that was replaced";
}

}  // namespace replicafs::azure
