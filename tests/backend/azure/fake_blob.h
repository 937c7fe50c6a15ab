// One blob of a service, behind a FakeHttpClient, with faults by the number of the request.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "backend/azure/http_date.h"
#include "backend/base/digest.h"
#include "tests/support/fake_http_client.h"

namespace replicafs::azure {

// What happens to a request beside, or instead of, what it asks for.
enum class Fault {
  kLostRequest,   // it does not arrive
  kLostAnswer,    // it is done
  kBusy,          // 503, not done
  kErrorAfter,    // 500, done
  kDamagedBytes,  // of a read
  kSentTwice,     // done, and then done again by the client
};

class FakeBlob {
 public:
  // Faults of requests, counted from one.
  explicit FakeBlob(std::map<int, Fault> faults = {}) : faults_(std::move(faults)) {}

  Result<HttpResponse> Answer(const SentRequest& request) {
    const auto fault = faults_.find(++requests_);
    if (fault == faults_.end()) return Do(request);
    switch (fault->second) {
      case Fault::kLostRequest: return Error{ErrorCode::kUnavailable, "refused"};
      case Fault::kLostAnswer: Do(request); return Error{ErrorCode::kUnavailable, "reset"};
      case Fault::kBusy: return Refused(503, "ServerBusy");
      case Fault::kErrorAfter: Do(request); return Refused(500, "InternalError");
      case Fault::kDamagedBytes: {
        HttpResponse response = Do(request);
        response.body[0] = static_cast<char>(response.body[0] ^ 1);
        return response;
      }
      case Fault::kSentTwice: {
        Do(request);
        HttpResponse response = Do(request);
        response.sent_again = true;
        return response;
      }
    }
    return Error{ErrorCode::kInternal, "no such fault"};
  }

  int requests() const { return requests_; }
  int writes() const { return writes_; }
  bool exists() const { return content_.has_value(); }
  void SomebodyElseWrites(const std::string& content) {
    content_ = content;
    metadata_.clear();
    ++writes_;
  }
  std::string etag() const { return "\"0x" + std::to_string(writes_) + "\""; }

 private:
  static HttpResponse Refused(int status, const std::string& code) {
    HttpResponse response;
    response.status = status;
    response.headers = {{"x-ms-error-code", code}, {"x-ms-request-id", "r"}};
    return response;
  }

  HttpResponse Described(int status) const {
    HttpResponse response;
    response.status = status;
    response.headers = {{"ETag", etag()},
                        {"Last-Modified", HttpDate(Timestamp{})},
                        {"Content-Length", std::to_string(content_.value_or("").size())}};
    for (const HttpHeader& header : metadata_) response.headers.push_back(header);
    return response;
  }

  HttpResponse Do(const SentRequest& request) {
    const std::string if_match = request.Header("If-Match");
    if (request.method == "PUT" && request.Header("If-None-Match") == "*" && content_)
      return Refused(409, "BlobAlreadyExists");
    if (request.method != "PUT" && !content_) return Refused(404, "BlobNotFound");
    if (!if_match.empty() && if_match != etag()) return Refused(412, "ConditionNotMet");
    if (request.method == "PUT") {
      content_ = request.body;
      metadata_.clear();
      for (const HttpHeader& header : request.headers)
        if (header.name.starts_with("x-ms-meta-")) metadata_.push_back(header);
      ++writes_;
      return Described(201);
    }
    if (request.method == "DELETE") {
      content_.reset();
      return Described(202);
    }
    HttpResponse response = Described(request.method == "GET" ? 206 : 200);
    if (request.method != "GET") return response;
    response.body = *content_;
    response.headers.push_back({"Content-MD5", ToBase64(Md5Of(AsBytes(*content_)))});
    return response;
  }

  const std::map<int, Fault> faults_;
  int requests_ = 0;
  int writes_ = 0;
  std::optional<std::string> content_;
  std::vector<HttpHeader> metadata_;
};

}  // namespace replicafs::azure
