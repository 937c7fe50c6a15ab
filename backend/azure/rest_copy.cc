#include <chrono>
#include <utility>

#include "backend/azure/ascii.h"
#include "backend/azure/blob_headers.h"
#include "backend/azure/pause.h"
#include "backend/azure/rest_blob_service.h"

namespace replicafs::azure {
namespace {

using std::chrono::steady_clock;

std::string HeaderOf(const HttpResponse& response, std::string_view name) {
  return std::string(response.Header(name).value_or(""));
}

// What a source is that can be copied in the background alone (of more than 256 MiB, or empty at
// some services) has no code of its own.
bool MayCopyInBackground(const RestOutcome& outcome) {
  return !outcome.ok() && outcome.service_error.code == "CannotVerifyCopySource" &&
         outcome.service_error.status == 409;
}

// Of "bytes/total".
uint64_t TotalMebibytes(std::string_view progress) {
  const size_t slash = progress.find('/');
  uint64_t bytes = 0;
  for (const char c :
       progress.substr(slash == std::string_view::npos ? progress.size() : slash + 1))
    bytes = IsAsciiDigit(c) ? bytes * 10 + static_cast<uint64_t>(c - '0') : bytes;
  return bytes >> 20;
}

bool SameHeaders(ContentHeaders one, ContentHeaders other) {
  for (ContentHeaders* headers : {&one, &other})
    if (headers->content_type.empty()) headers->content_type = kDefaultContentType;
  return one == other;
}

}  // namespace

Result<Written> RestBlobService::Copy(const BlobAddress& from, std::string_view from_if_match,
                                      const BlobAddress& to,
                                      const std::optional<WriteProperties>& properties,
                                      const Conditions& conditions) {
  RestCall call = TRY(BlobCall("copy to", to, Asked::kWriteBlob));
  call.method = "PUT";
  if (properties) {
    WriteProperties sent = *properties;
    sent.headers = {};  // a copy has those of its source
    TRY(AddProperties(sent, call.headers));
  }
  AddConditions(conditions, call.headers);
  if (!from_if_match.empty())
    call.headers.push_back({"x-ms-source-if-match", std::string(from_if_match)});

  TRY(BlobCall("copy", from, Asked::kRead));  // its name and version can be asked for
  RestOutcome outcome = SendCopy(call, from, CopyForm::kAtOnce);
  if (MayCopyInBackground(outcome)) outcome = SendCopy(call, from, CopyForm::kBackground);
  const bool is_done =
      outcome.ok() &&
      !EqualIgnoringCase(HeaderOf(*outcome.response, "x-ms-copy-status"), "pending");
  const std::string copy_id = outcome.ok() ? HeaderOf(*outcome.response, "x-ms-copy-id") : "";
  const Recognise recognise = properties ? ByOperation(*properties) : nullptr;
  Written written = TRY(Resolve(std::move(outcome), to, recognise));
  if (!is_done) {
    TRY(AwaitCopy(to, copy_id));
    const RemoteBlob made = TRY(GetProperties({to.container, to.name, {}, {}}));
    written = {made.etag, made.last_modified, made.version_id};
  }
  if (!properties) return written;
  return GiveProperties(to, *properties, conditions.lease_id, std::move(written));
}

RestOutcome RestBlobService::SendCopy(const RestCall& call, const BlobAddress& from,
                                      CopyForm form) {
  RestCall copy = call;
  SourceBlob source{endpoint_.BlobUrl(from.container, from.name), from.container, from.name,
                    from.version_id, from.snapshot};
  if (!from.version_id.empty()) AppendQuery(source.url, ToString({{"versionid", from.version_id}}));
  if (!from.snapshot.empty()) AppendQuery(source.url, ToString({{"snapshot", from.snapshot}}));
  if (form == CopyForm::kAtOnce) copy.headers.push_back({"x-ms-requires-sync", "true"});
  copy.late_headers = [&](const RequestContext& context) -> Result<std::vector<HttpHeader>> {
    CopySource shown = TRY(client_.credential().AuthorizeSource(source, form, context));
    shown.headers.push_back({"x-ms-copy-source", std::move(shown.url)});
    return std::move(shown.headers);
  };
  return client_.Send(copy);
}

Status RestBlobService::AwaitCopy(const BlobAddress& to, const std::string& copy_id) {
  RestCall call = TRY(BlobCall("copy to", {to.container, to.name, {}, {}}, Asked::kRead));
  call.method = "HEAD";
  const auto failed = [&](ErrorCode code, const std::string& why) {
    return Error{code, "copy to '" + call.subject + "': " + why};
  };
  const auto begin = steady_clock::now();
  for (;;) {
    const HttpResponse response = TRY(client_.Answer(call));
    if (!copy_id.empty() && HeaderOf(response, "x-ms-copy-id") != copy_id)
      return failed(ErrorCode::kPrecondition, "the blob was replaced while it was copied");
    const std::string status = LowerAscii(HeaderOf(response, "x-ms-copy-status"));
    // Of copies that are done at once a service may say nothing.
    if (status == "success" || status.empty()) return Ok();
    if (status != "pending")
      return failed(ErrorCode::kIo, "the service's copy ended as '" + status +
                                        "': " + HeaderOf(response, "x-ms-copy-status-description"));
    const auto allowed =
        client_.options().retry.deadline +
        std::chrono::seconds(TotalMebibytes(HeaderOf(response, "x-ms-copy-progress")));
    if (steady_clock::now() - begin >= allowed) {
      TRY(AbortCopy(to, copy_id));
      return failed(ErrorCode::kTimeout, "the service did not finish it in time");
    }
    if (!Pause(client_.options().copy_poll_pause, client_.options().stop))
      return failed(ErrorCode::kCancelled, "cancelled");
  }
}

// The blob stays, without bytes.
Status RestBlobService::AbortCopy(const BlobAddress& to, const std::string& copy_id) {
  RestCall call =
      TRY(BlobCall("abort the copy to", {to.container, to.name, {}, {}}, Asked::kChangeBlob));
  call.method = "PUT";
  call.query.push_back({"comp", "copy"});
  call.query.push_back({"copyid", copy_id});
  call.headers.push_back({"x-ms-copy-action", "abort"});
  const RestOutcome outcome = client_.Send(call);
  if (outcome.ok() || outcome.service_error.code == "NoPendingCopyOperation") return Ok();
  return outcome.error;
}

Result<Written> RestBlobService::GiveProperties(const BlobAddress& to,
                                                const WriteProperties& properties,
                                                const std::string& lease_id, Written written) {
  const RemoteBlob blob = TRY(GetProperties({to.container, to.name, {}, {}}));
  // Somebody else's state of the blob has properties of its own.
  if (blob.etag != written.etag) return written;
  // Without any, the service takes the source's.
  if (blob.metadata != properties.metadata)
    written =
        TRY(SetMetadata(to, properties.metadata, {.if_match = written.etag, .lease_id = lease_id}));
  const std::optional<Md5> md5 = properties.content_md5 ? properties.content_md5 : blob.content_md5;
  if (SameHeaders(blob.headers, properties.headers) && blob.content_md5 == md5) return written;
  Written changed = TRY(
      SetHeaders(to, properties.headers, md5, {.if_match = written.etag, .lease_id = lease_id}));
  changed.version_id = written.version_id;  // headers make no version
  return changed;
}

}  // namespace replicafs::azure
