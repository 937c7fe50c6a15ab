#include "backend/azure/rest_client.h"

#include <algorithm>
#include <utility>

#include "backend/azure/pause.h"
#include "backend/azure/sas.h"
#include "backend/base/digest.h"

namespace replicafs::azure {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Requested when either of two is.
class EitherStop {
 public:
  EitherStop(const std::stop_token& one, const std::stop_token& other)
      : one_(one, Request{source_}), other_(other, Request{source_}) {}

  std::stop_token token() const { return source_.get_token(); }

 private:
  struct Request {
    std::stop_source& source;
    void operator()() const { source.request_stop(); }
  };

  std::stop_source source_;
  std::stop_callback<Request> one_;
  std::stop_callback<Request> other_;
};

uint64_t BodyBytes(const HttpBody& body) {
  if (const auto* bytes = std::get_if<ByteSpan>(&body)) return bytes->size();
  if (const auto* upload = std::get_if<HttpUpload>(&body)) return upload->size_bytes;
  return 0;
}

double RandomPart() {
  return static_cast<double>(RandomU64() >> 11) * 0x1.0p-53;
}

std::string Context(const RestCall& call) {
  return call.subject.empty() ? call.operation : call.operation + " '" + call.subject + "'";
}

bool IsSuccess(int status) {
  return status >= 200 && status < 300;
}

}  // namespace

struct RestClient::Attempt {
  RestOutcome outcome;
  Passing passing = Passing::kNo;
  bool refused_credentials = false;
  bool is_without_answer = false;  // it may have been made
  std::optional<milliseconds> asked_pause;
};

RestClient::RestClient(HttpClient& http, Credential& credential, ServiceOptions options)
    : http_(http), credential_(credential), options_(std::move(options)) {}

Result<HttpRequest> RestClient::Prepare(const RestCall& call, const std::string& id,
                                        const RequestContext& context) {
  HttpRequest request;
  request.method = call.method;
  request.url = call.url;
  AppendQuery(request.url, ToString(call.query));
  request.headers = call.headers;
  request.headers.push_back({"x-ms-version", options_.api_version});
  request.headers.push_back({"x-ms-client-request-id", id});
  if (call.late_headers) {
    for (HttpHeader& header : TRY(call.late_headers(context)))
      request.headers.push_back(std::move(header));
  }
  request.body = call.body;
  if (call.sink) request.sink = call.sink();
  TRY(credential_.Authorize(request, context));
  return request;
}

RestClient::Attempt RestClient::Try(const RestCall& call, const std::string& id, milliseconds left,
                                    const std::stop_token& stop) {
  Attempt attempt;
  const RequestContext context{Now()};
  auto request = Prepare(call, id, context);
  if (!request) {
    attempt.passing = PassingOf(request.error());
    attempt.outcome.error = std::move(request).error().Within(Context(call));
    return attempt;
  }
  request->timeout = left;
  request->stop = stop;
  auto response = http_.Send(*request);
  if (!response) {
    attempt.passing = PassingOf(response.error());
    attempt.is_without_answer = attempt.passing != Passing::kNo;
    attempt.outcome.error =
        Error{response.error().code, WithoutSignatures(response.error().message)}.Within(
            Context(call));
    return attempt;
  }
  if (response->Header("x-ms-version-id")) has_shown_versions_ = true;
  attempt.outcome.maybe_made = response->sent_again;
  if (IsSuccess(response->status)) {
    if (auto checked = call.check ? call.check(*response) : Ok(); !checked) {
      if (checked.error().code == ErrorCode::kCorrupt) attempt.passing = Passing::kSoon;
      attempt.outcome.error = std::move(checked).error().Within(Context(call));
      return attempt;
    }
    attempt.outcome.response = std::move(*response);
    return attempt;
  }
  const ServiceError error = ReadServiceError(*response);
  attempt.passing = PassingOf(error);
  attempt.refused_credentials = RefusesCredentials(error);
  attempt.is_without_answer = error.status >= 500;
  attempt.asked_pause = AskedPause(*response);
  attempt.outcome.error = ErrorOf(error, {call.operation, call.subject, call.asked,
                                          credential_.Remedy(context.now), context.now});
  attempt.outcome.service_error = error;
  return attempt;
}

bool RestClient::HasNewCredential(const Attempt& attempt) {
  if (!attempt.refused_credentials) return false;
  const auto renewed = credential_.Refresh();
  return renewed && *renewed;
}

RestOutcome RestClient::Send(const RestCall& call) {
  const EitherStop either(call.stop, options_.stop);
  const std::stop_token stop = either.token();
  const std::string id = NewGuid();
  const auto end = steady_clock::now() + options_.retry.deadline +
                   std::chrono::seconds((BodyBytes(call.body) + call.answer_bytes) >> 20);
  const auto left = [&] { return std::chrono::ceil<milliseconds>(end - steady_clock::now()); };
  bool maybe_made = false;
  bool may_refresh = true;
  for (int number = 1;; ++number) {
    Attempt attempt = Try(call, id, std::max(left(), milliseconds(1)), stop);
    maybe_made = maybe_made || attempt.outcome.maybe_made;
    attempt.outcome.maybe_made = maybe_made;
    if (attempt.outcome.ok()) return std::move(attempt.outcome);
    if (may_refresh && HasNewCredential(attempt)) {
      may_refresh = false;
      continue;
    }
    const auto pause = NextPause(
        options_.retry, {number, attempt.passing, attempt.asked_pause, left(), RandomPart()});
    if (!pause) return std::move(attempt.outcome);
    maybe_made = maybe_made || attempt.is_without_answer;
    if (!Pause(*pause, stop)) {
      attempt.outcome.error = Error{ErrorCode::kCancelled, Context(call) + ": cancelled"};
      return std::move(attempt.outcome);
    }
  }
}

Result<HttpResponse> RestClient::Answer(const RestCall& call) {
  RestOutcome outcome = Send(call);
  if (!outcome.ok()) return std::move(outcome.error);
  return std::move(*outcome.response);
}

}  // namespace replicafs::azure
