#include "backend/http/curl_error.h"

#include <cstring>
#include <string>

namespace replicafs {
namespace {

std::string Because(const char* detail, CURLcode code) {
  return detail[0] != '\0' ? detail : curl_easy_strerror(code);
}

std::string ConnectCause(CURL* easy, const std::string& because) {
  long number = 0;
  curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &number);
  return number == 0 ? because : because + " (" + std::strerror(static_cast<int>(number)) + ")";
}

Error CertificateError(CURL* easy, const std::string& because) {
  long verdict = 0;
  curl_easy_getinfo(easy, CURLINFO_SSL_VERIFYRESULT, &verdict);
  // X509_V_OK, and "unspecified", which libcurl leaves when the name alone is wrong.
  constexpr long kNoFaultInChain = 1;
  const char* meaning = verdict <= kNoFaultInChain
                            ? "the certificate is another server's: check the name in the URL"
                            : "the server's certificate is not trusted: name its authority's "
                              "certificate with ca_file";
  return {ErrorCode::kUnauthenticated, std::string(meaning) + " (" + because + ")"};
}

}  // namespace

Error CurlError(CURL* easy, CURLcode code, const char* detail, const HttpOptions& options) {
  const std::string because = Because(detail, code);
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return {ErrorCode::kUnavailable, "the name does not resolve (" + because + ")"};
    case CURLE_COULDNT_RESOLVE_PROXY:
      return {ErrorCode::kUnavailable, "the proxy's name does not resolve (" + because + ")"};
    case CURLE_COULDNT_CONNECT: return {ErrorCode::kUnavailable, ConnectCause(easy, because)};
    // Its only time limit is that for connections.
    case CURLE_OPERATION_TIMEDOUT:
      return {ErrorCode::kTimeout,
              "not connected within " + std::to_string(options.connect_timeout.count()) + " ms"};
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR: return CertificateError(easy, because);
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
      return {ErrorCode::kInvalid, "ca_file and ca_directory cannot be used (" + because + ")"};
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
      return {ErrorCode::kUnavailable, "the answer ended early (" + because + ")"};
    case CURLE_URL_MALFORMAT:
      return {ErrorCode::kInvalid, "the URL cannot be requested (" + because + ")"};
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_UNKNOWN_OPTION:
    case CURLE_NOT_BUILT_IN: return {ErrorCode::kInternal, because};
    // Sent or received in part, or an answer that is not HTTP; the handshake, the proxy.
    default: return {ErrorCode::kUnavailable, because};
  }
}

}  // namespace replicafs
