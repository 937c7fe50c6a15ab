#include "backend/azure/service_error.h"

#include <algorithm>

#include "backend/azure/error_xml.h"
#include "backend/azure/http_date.h"
#include "backend/azure/sas.h"

namespace replicafs::azure {
namespace {

constexpr size_t kMessageMaxBytes = 200;

// Messages end in lines "RequestId:…" and "Time:…".
std::string FirstLine(std::string_view message) {
  message = message.substr(0, message.find_first_of("\r\n"));
  return WithoutSignatures(message.substr(0, kMessageMaxBytes));
}

}  // namespace

ServiceError ReadServiceError(const HttpResponse& response) {
  ServiceError error;
  error.status = response.status;
  error.code = response.Header("x-ms-error-code").value_or("");
  if (auto body = ParseErrorXml(response.body)) {
    if (error.code.empty()) error.code = std::move(body->code);
    error.message = FirstLine(body->message);
  }
  error.request_id = response.Header("x-ms-request-id").value_or("");
  error.date = ParseHttpDate(response.Header("Date").value_or(""));
  return error;
}

}  // namespace replicafs::azure
