// Tokens of Microsoft Entra ID as a Credential.
#pragma once

#include "backend/azure/credential.h"
#include "backend/azure/secret.h"

namespace replicafs::azure {

// Where tokens come from: a client secret, a managed identity … Thread-safe; keeps a token for as
// long as it is good.
class TokenSource {
 public:
  virtual ~TokenSource() = default;
  // One that is good for minutes yet. kUnauthenticated, kUnavailable, with the reason.
  virtual Result<Secret> Token() = 0;
  // The service has refused what Token gave: the next one must be another. False: there is none.
  virtual Result<bool> Renew() = 0;
  // What a person can do about a refusal; empty: nothing is known.
  virtual std::string Remedy() const = 0;
};

class BearerCredential final : public Credential {
 public:
  // Borrows `source`.
  explicit BearerCredential(TokenSource& source) : source_(source) {}

  Status Authorize(HttpRequest& request, const RequestContext& context) override;
  Result<CopySource> AuthorizeSource(const SourceBlob& source, CopyForm form,
                                     const RequestContext& context) override;
  Result<bool> Refresh() override;
  std::string Remedy(Timestamp now) const override;

 private:
  TokenSource& source_;
};

}  // namespace replicafs::azure
