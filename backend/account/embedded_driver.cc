#include "backend/account/embedded_driver.h"

namespace replicafs {
namespace {
Error Missing() {
  return Error{ErrorCode::kNotSupported, "this build has no embedded accounts"};
}
}  // namespace

Status CreateEmbedded(const std::string&, const std::string&, const Clock&) {
  return Ok();
}

Result<std::shared_ptr<Account>> OpenEmbedded(const std::string&, const std::string&,
                                              const Clock&) {
  return Missing();
}

Result<CheckReport> CheckEmbedded(const std::string&, const std::string&, const CheckRequest&,
                                  const Clock&) {
  return Missing();
}

}  // namespace replicafs
