// blob show
#include "tools/blob_target.h"

namespace replicafs {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

Json ToJson(const VersionsTarget& target, const BlobInfo& info) {
  const ContentHeaders& headers = info.properties.headers;
  const auto& policy = info.protection.policy;
  const auto& origin = info.origin;
  Json document = {{"name", target.text}};
  document.update(VersionJson(info));
  document.update(
      {{"created", JsonTime(info.created)},
       {"contentMd5", info.content_md5 ? Json(ToBase64(*info.content_md5)) : Json(nullptr)},
       {"encryptionKeySha256", info.key_sha256 ? Json(BlockId(*info.key_sha256)) : Json(nullptr)},
       {"contentType", headers.content_type},
       {"contentEncoding", headers.content_encoding},
       {"contentLanguage", headers.content_language},
       {"contentDisposition", headers.content_disposition},
       {"cacheControl", headers.cache_control},
       {"metadata", info.properties.metadata},
       {"tags", info.properties.tags},
       {"tier", ToString(info.properties.tier)},
       {"archiveStatus", info.rehydration ? Json(ArchiveStatus(*info.rehydration)) : Json(nullptr)},
       {"rehydratedAt", info.rehydration ? JsonTime(info.rehydration->ready) : Json(nullptr)},
       {"immutabilityPolicy",
        policy ? Json{{"until", JsonTime(policy->until)}, {"mode", ToString(policy->mode)}}
               : Json(nullptr)},
       {"legalHold", info.protection.legal_hold},
       {"immutableUntil",
        JsonTime(ImmutableUntil(target.container.info.protection, info.protection, info.version))},
       {"underLegalHold", HasLegalHold(target.container.info.protection, info.protection)},
       {"policyId", origin ? Json(origin->policy_id) : Json(nullptr)},
       {"ruleId", origin ? Json(origin->rule_id) : Json(nullptr)},
       {"fileId", info.file_id},
       {"sequence", info.sequence}});
  return document;
}

void AddHeaders(const ContentHeaders& headers, Fields& fields) {
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) fields.emplace_back(name, Printable(value));
  };
  add("content type", headers.content_type);
  add("content encoding", headers.content_encoding);
  add("content language", headers.content_language);
  add("content disposition", headers.content_disposition);
  add("cache control", headers.cache_control);
}

void AddMap(const std::string& what, const StringMap& map, Fields& fields) {
  for (const auto& [key, value] : map)
    fields.emplace_back(what + " " + Printable(key), Printable(value));
}

void AddProtection(const ContainerProtection& container, const BlobInfo& info, Fields& fields) {
  if (const auto& policy = info.protection.policy)
    fields.emplace_back("immutability policy", "until " + ToString(policy->until) + " (" +
                                                   std::string(ToString(policy->mode)) + ")");
  if (const auto& policy = container.policy)
    fields.emplace_back("of its container", std::to_string(policy->days) + " days (" +
                                                std::string(ToString(policy->mode)) + ")");
  const Timestamp until = ImmutableUntil(container, info.protection, info.version);
  if (until != Timestamp{}) fields.emplace_back("immutable until", ToString(until));
  if (info.protection.legal_hold) fields.emplace_back("legal hold", "on this version");
  for (const std::string& tag : container.legal_holds)
    fields.emplace_back("legal hold", tag + ", on its container");
}

Result<ExitCode> Show(Context& context, const BlobOptions& options) {
  const BlobTarget blob = TRY(FindBlob(context, options));
  PrintBlob(context, blob.target, blob.info);
  return ExitCode::kOk;
}

}  // namespace

void PrintBlob(Context& context, const VersionsTarget& target, const BlobInfo& info) {
  if (context.json()) {
    PrintJson(ToJson(target, info));
    return;
  }
  Fields fields = {{"blob", Printable(target.text)},
                   {"version", ToString(info.version) + ", " + StateOf(info)},
                   {"type", std::string(ToString(info.kind))},
                   {"size", HumanBytes(info.size_bytes)},
                   {"etag", info.etag},
                   {"created", ToString(info.created)},
                   {"last modified", ToString(info.last_modified)}};
  if (info.ended != Timestamp{}) fields.emplace_back("ended", ToString(info.ended));
  if (info.key_sha256)
    fields.emplace_back("encrypted", "with a customer's key, SHA-256 " + BlockId(*info.key_sha256));
  if (info.content_md5) fields.emplace_back("md5", ToBase64(*info.content_md5));
  std::string tier(ToString(info.properties.tier));
  if (const auto& pending = info.rehydration)
    tier += ", until " + ToString(pending->ready) + " on its way to " +
            std::string(ToString(pending->target));
  fields.emplace_back("tier", std::move(tier));
  AddProtection(target.container.info.protection, info, fields);
  AddHeaders(info.properties.headers, fields);
  AddMap("metadata", info.properties.metadata, fields);
  AddMap("tag", info.properties.tags, fields);
  if (info.origin)
    fields.emplace_back("replica of", info.origin->account + "/" + ToString(info.origin->path) +
                                          "@" + ToString(info.origin->version) + ", policy " +
                                          info.origin->policy_id);
  PrintText(ToString(fields));
}

void AddBlobShow(CommandLine& line, CLI::App& blob_group) {
  const auto options = std::make_shared<BlobOptions>();
  CLI::App& command = line.Add(blob_group,
                               {.name = "show",
                                .sentence = "Prints all that is known of a version of a blob.",
                                .example = "replicafs blob show westus/photos/2026/cat.jpg",
                                .exit_codes = {}},
                               [options](Context& context) { return Show(context, *options); });
  AddBlobOptions(command, *options);
}

}  // namespace replicafs
