#include "backend/azure/blob_list_xml.h"

#include "backend/azure/ascii.h"
#include "backend/azure/blob_headers.h"
#include "backend/azure/http_date.h"
#include "backend/azure/metadata_value.h"
#include "backend/azure/tags_xml.h"
#include "backend/azure/xml.h"

namespace replicafs::azure {
namespace {

std::string Quoted(std::string etag) {
  if (etag.empty() || etag.ends_with('"')) return etag;
  return '"' + etag + '"';
}

// Metadata's names are element names, one of which may be "Name".
StringMap MetadataOf(const pugi::xml_node& blob) {
  StringMap metadata;
  for (const pugi::xml_node& item : blob.child("Metadata").children()) {
    if (item.type() == pugi::node_element)
      metadata.insert_or_assign(LowerAscii(item.name()), DecodeMetadataValue(item.text().get()));
  }
  return metadata;
}

void ReadReplication(const pugi::xml_node& blob, RemoteBlob& entry) {
  for (const pugi::xml_node& item : blob.child("OrMetadata").children()) {
    const std::string name = LowerAscii(item.name());
    if (name == "or-policy-id") entry.replica_policy_id = item.text().get();
    if (const std::string_view rule = ReplicationRule(name); !rule.empty())
      entry.replication.insert_or_assign(std::string(rule), LowerAscii(item.text().get()));
  }
}

void ReadContentHeaders(const pugi::xml_node& properties, ContentHeaders& headers) {
  headers.content_type = TextOf(properties, "Content-Type");
  headers.content_encoding = TextOf(properties, "Content-Encoding");
  headers.content_language = TextOf(properties, "Content-Language");
  headers.content_disposition = TextOf(properties, "Content-Disposition");
  headers.cache_control = TextOf(properties, "Cache-Control");
}

void ReadProtection(const pugi::xml_node& properties, RemoteBlob& entry) {
  entry.legal_hold = IsTrue(properties, "LegalHold");
  entry.immutable_until = ParseHttpDate(TextOf(properties, "ImmutabilityPolicyUntilDate"));
  entry.immutability_mode = LowerAscii(TextOf(properties, "ImmutabilityPolicyMode"));
}

Result<RemoteBlob> BlobOf(const pugi::xml_node& blob) {
  RemoteBlob entry;
  entry.name = TRY(NameOf(blob));
  const auto unreadable = [&](const char* element) {
    return Error{ErrorCode::kCorrupt, "the service's list has no readable '" +
                                          std::string(element) + "' for the blob '" + entry.name +
                                          "'"};
  };
  const pugi::xml_node properties = blob.child("Properties");
  entry.version_id = TextOf(blob, "VersionId");
  entry.snapshot = TextOf(blob, "Snapshot");
  entry.has_versions_only = IsTrue(blob, "HasVersionsOnly");
  entry.is_current = entry.snapshot.empty() && !entry.has_versions_only &&
                     (entry.version_id.empty() || IsTrue(blob, "IsCurrentVersion"));
  if (const auto kind = KindFromWire(TextOf(properties, "BlobType"))) entry.kind = *kind;
  entry.size_bytes = properties.child("Content-Length").text().as_ullong();
  entry.etag = Quoted(TextOf(properties, "Etag"));
  const auto last_modified = ParseHttpDate(TextOf(properties, "Last-Modified"));
  // Entries of deleted blobs say less.
  if (!entry.has_versions_only && !last_modified) return unreadable("Last-Modified");
  if (!entry.has_versions_only && !properties.child("Content-Length"))
    return unreadable("Content-Length");
  entry.last_modified = last_modified.value_or(Timestamp{});
  entry.created = ParseHttpDate(TextOf(properties, "Creation-Time")).value_or(entry.last_modified);
  entry.content_md5 = Md5FromWire(TextOf(properties, "Content-MD5"));
  ReadContentHeaders(properties, entry.headers);
  entry.metadata = MetadataOf(blob);
  entry.tags = ReadTagSet(blob.child("Tags"));
  entry.tier = ParseTier(TextOf(properties, "AccessTier"));
  entry.tier_inferred = IsTrue(properties, "AccessTierInferred");
  entry.archive_status = TextOf(properties, "ArchiveStatus");
  entry.customer_key_sha256 = TextOf(properties, "CustomerProvidedKeySha256");
  entry.lease_state = TextOf(properties, "LeaseState");
  ReadProtection(properties, entry);
  ReadReplication(blob, entry);
  return entry;
}

}  // namespace

Result<RemotePage> ParseBlobList(std::string_view xml) {
  pugi::xml_document document;
  const pugi::xml_node root = TRY(ParseXml(xml, "EnumerationResults", document));
  RemotePage page;
  for (const pugi::xml_node& node : root.child("Blobs").children()) {
    const std::string_view kind = node.name();
    if (kind == "Blob") page.blobs.push_back(TRY(BlobOf(node)));
    if (kind == "BlobPrefix") page.prefixes.push_back(TRY(NameOf(node)));
  }
  page.next_marker = TextOf(root, "NextMarker");
  return page;
}

}  // namespace replicafs::azure
