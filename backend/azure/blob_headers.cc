#include "backend/azure/blob_headers.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "backend/azure/ascii.h"
#include "backend/azure/http_date.h"
#include "backend/azure/metadata_value.h"
#include "backend/azure/uri.h"

namespace replicafs::azure {
namespace {

constexpr std::string_view kMetadataPrefix = "x-ms-meta-";

std::string Text(const HttpResponse& response, std::string_view name) {
  return std::string(response.Header(name).value_or(""));
}

Error Unreadable(std::string_view header) {
  return Error{ErrorCode::kCorrupt,
               "the service's answer has no readable header '" + std::string(header) + "'"};
}

Result<Timestamp> Date(const HttpResponse& response, std::string_view name) {
  if (const auto time = ParseHttpDate(response.Header(name).value_or(""))) return *time;
  return Unreadable(name);
}

Result<uint64_t> Number(const HttpResponse& response, std::string_view name) {
  const std::string_view text = response.Header(name).value_or("");
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size())
    return Unreadable(name);
  return number;
}

StringMap MetadataOf(const HttpResponse& response) {
  StringMap metadata;
  for (const HttpHeader& header : response.headers) {
    if (!StartsWithIgnoringCase(header.name, kMetadataPrefix)) continue;
    metadata.insert_or_assign(LowerAscii(header.name.substr(kMetadataPrefix.size())),
                              DecodeMetadataValue(header.value));
  }
  return metadata;
}

void ReadReplication(const HttpResponse& response, RemoteBlob& blob) {
  blob.replica_policy_id = Text(response, "x-ms-or-policy-id");
  for (const HttpHeader& header : response.headers) {
    const std::string name = LowerAscii(header.name);
    if (const std::string_view rule = ReplicationRule(name); !rule.empty())
      blob.replication.insert_or_assign(std::string(rule), LowerAscii(header.value));
  }
}

void ReadProtection(const HttpResponse& response, RemoteBlob& blob) {
  blob.legal_hold = EqualIgnoringCase(Text(response, "x-ms-legal-hold"), "true");
  blob.immutable_until = ParseHttpDate(Text(response, "x-ms-immutability-policy-until-date"));
  blob.immutability_mode = LowerAscii(Text(response, "x-ms-immutability-policy-mode"));
}

// A whole size, of HEAD, or behind the slash of "bytes 0-9/100".
Result<uint64_t> SizeOf(const HttpResponse& response) {
  const auto range = response.Header("Content-Range");
  if (!range) return Number(response, "Content-Length");
  HttpResponse whole;
  whole.headers.push_back({"Content-Range", std::string(range->substr(range->find('/') + 1))});
  return Number(whole, "Content-Range");
}

struct ContentHeader {
  std::string_view read;
  std::string_view written;
  std::string ContentHeaders::*member;
};
constexpr std::array<ContentHeader, 5> kContentHeaders{{
    {"Content-Type", "x-ms-blob-content-type", &ContentHeaders::content_type},
    {"Content-Encoding", "x-ms-blob-content-encoding", &ContentHeaders::content_encoding},
    {"Content-Language", "x-ms-blob-content-language", &ContentHeaders::content_language},
    {"Content-Disposition", "x-ms-blob-content-disposition", &ContentHeaders::content_disposition},
    {"Cache-Control", "x-ms-blob-cache-control", &ContentHeaders::cache_control},
}};

bool IsPrintableAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

}  // namespace

Result<RemoteBlob> BlobFromHeaders(const BlobAddress& address, const HttpResponse& response) {
  RemoteBlob blob;
  blob.name = address.name;
  blob.version_id = Text(response, "x-ms-version-id");
  blob.snapshot = address.snapshot;
  // Said of the current version alone.
  blob.is_current = address.snapshot.empty() &&
                    (blob.version_id.empty() ||
                     EqualIgnoringCase(Text(response, "x-ms-is-current-version"), "true"));
  if (const auto kind = KindFromWire(Text(response, "x-ms-blob-type"))) blob.kind = *kind;
  blob.size_bytes = TRY(SizeOf(response));
  blob.etag = Text(response, "ETag");
  if (blob.etag.empty()) return Unreadable("ETag");
  blob.last_modified = TRY(Date(response, "Last-Modified"));
  blob.created = ParseHttpDate(Text(response, "x-ms-creation-time")).value_or(blob.last_modified);
  // Of a range, Content-MD5 is that of the range.
  blob.content_md5 = Md5FromWire(
      Text(response, response.Header("Content-Range") ? "x-ms-blob-content-md5" : "Content-MD5"));
  for (const ContentHeader& header : kContentHeaders)
    blob.headers.*header.member = Text(response, header.read);
  blob.metadata = MetadataOf(response);
  blob.tier = ParseTier(Text(response, "x-ms-access-tier"));
  blob.tier_inferred = EqualIgnoringCase(Text(response, "x-ms-access-tier-inferred"), "true");
  blob.archive_status = Text(response, "x-ms-archive-status");
  blob.customer_key_sha256 = Text(response, "x-ms-encryption-key-sha256");
  blob.lease_state = Text(response, "x-ms-lease-state");
  ReadProtection(response, blob);
  ReadReplication(response, blob);
  return blob;
}

Result<Written> WrittenFromHeaders(const HttpResponse& response) {
  Written written;
  written.etag = Text(response, "ETag");
  if (written.etag.empty()) return Unreadable("ETag");
  written.last_modified = TRY(Date(response, "Last-Modified"));
  written.version_id = Text(response, "x-ms-version-id");
  return written;
}

Result<RemoteContainer> ContainerFromHeaders(std::string_view name, const HttpResponse& response) {
  RemoteContainer container;
  container.name = name;
  container.etag = Text(response, "ETag");
  container.last_modified = TRY(Date(response, "Last-Modified"));
  container.metadata = MetadataOf(response);
  return container;
}

Status AddMetadata(const StringMap& metadata, Headers& headers) {
  for (const auto& [key, value] : metadata) {
    TRY(ValidateMetadataKey(key));
    headers.push_back({std::string(kMetadataPrefix) + key, EncodeMetadataValue(value)});
  }
  return Ok();
}

Status AddContentHeaders(const ContentHeaders& content, Headers& headers) {
  for (const ContentHeader& header : kContentHeaders) {
    const std::string& value = content.*header.member;
    if (value.empty()) continue;
    if (!IsPrintableAscii(value))
      return Error{ErrorCode::kInvalid, "the header " + std::string(header.read) +
                                            " cannot hold '" + value +
                                            "': it takes printable ASCII"};
    headers.push_back({std::string(header.written), value});
  }
  return Ok();
}

Status AddProperties(const WriteProperties& properties, Headers& headers) {
  TRY(AddContentHeaders(properties.headers, headers));
  TRY(AddMetadata(properties.metadata, headers));
  if (!properties.tags.empty()) headers.push_back({"x-ms-tags", TagsHeader(properties.tags)});
  if (properties.tier)
    headers.push_back({"x-ms-access-tier", std::string(ToString(*properties.tier))});
  return Ok();
}

void AddConditions(const Conditions& conditions, Headers& headers) {
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) headers.push_back({name, value});
  };
  add("If-Match", conditions.if_match);
  add("If-None-Match", conditions.if_none_match);
  add("x-ms-lease-id", conditions.lease_id);
}

std::string TagsHeader(const StringMap& tags) {
  Query query;
  for (const auto& [key, value] : tags) query.push_back({key, value});
  return ToString(query);
}

std::optional<BlobKind> KindFromWire(std::string_view text) {
  for (uint8_t i = 0; i < kBlobKinds; ++i) {
    if (EqualIgnoringCase(text, ToString(static_cast<BlobKind>(i))))
      return static_cast<BlobKind>(i);
  }
  return std::nullopt;
}

std::optional<Md5> Md5FromWire(std::string_view text) {
  const auto bytes = FromBase64(text);
  Md5 md5;
  if (!bytes || bytes->size() != md5.bytes.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), md5.bytes.begin());
  return md5;
}

std::string_view ReplicationRule(std::string_view name) {
  if (name.starts_with("x-ms-")) name.remove_prefix(5);
  if (!name.starts_with("or-") || name == "or-policy-id") return {};
  return name.substr(3);
}

}  // namespace replicafs::azure
