#include "tests/conformance/dump.h"

#include <fmt/format.h>

#include <map>

#include "tests/conformance/suite.h"

namespace replicafs {
namespace {

// Numbers values by their first appearance.
template <class T>
class Ordinals {
 public:
  size_t Of(const T& value) {
    return value == T{} ? 0 : numbers_.emplace(value, numbers_.size() + 1).first->second;
  }

 private:
  std::map<T, size_t> numbers_;
};

std::string Said(const std::optional<uint64_t>& count) {
  return count ? std::to_string(*count) : "unknown";
}

std::string Said(const Protection& protection) {
  std::string text = protection.legal_hold ? " held" : "";
  if (const auto& policy = protection.policy)
    text += fmt::format(" until {} {}", ToString(policy->until), ToString(policy->mode));
  return text;
}

std::string Said(const ContainerProtection& protection) {
  std::string text;
  if (const auto& policy = protection.policy)
    text += fmt::format(" {} days {}", policy->days, ToString(policy->mode));
  for (const std::string& tag : protection.legal_holds) text += " hold " + tag;
  return text;
}

class Dumper {
 public:
  explicit Dumper(Account& account) : store_(account.store()), journal_(account.journal()) {}

  std::string Run() {
    for (const Event& event : Must(journal_.Read(0, 1'000'000))) AddEvent(event);
    for (const ContainerInfo& container : Must(store_.ListContainers())) {
      text_ += fmt::format("container {} [{}] directories {}{}\n", container.name,
                           container.destination_policy_id, Said(container.directories),
                           Said(container.protection));
      AddVersions(container.name);
      AddListing(container.name, "", 0);
    }
    for (const StateRow& row : Must(store_.ListState("")))
      text_ += fmt::format("row {}={}\n", row.key, row.value);
    return std::move(text_);
  }

 private:
  void AddEvent(const Event& event) {
    text_ +=
        fmt::format("event {} {} {}/{} v{} replaces v{} other '{}' {} B {} writer {} [{}] end {}\n",
                    event.sequence, ToString(event.kind), event.container, event.name,
                    versions_.Of(event.version), versions_.Of(event.replaces), event.other_name,
                    event.size_bytes, ToString(event.blob_kind), event.writer, event.policy_id,
                    event.group_end);
  }

  void AddBlob(const BlobInfo& info) {
    text_ += fmt::format("{} v{} {} {} B id {} has_prefix {} tier {} type '{}'", info.name,
                         versions_.Of(info.version), info.is_current ? "current" : "ended",
                         info.size_bytes, file_ids_.Of(info.file_id), info.has_prefix,
                         ToString(info.properties.tier), info.properties.headers.content_type);
    if (info.kind != BlobKind::kBlock) text_ += fmt::format(" {}", ToString(info.kind));
    if (info.key_sha256) text_ += " key " + ToHex(*info.key_sha256);
    text_ += Said(info.protection);
    if (info.rehydration)
      text_ += " " + ArchiveStatus(*info.rehydration) + " " + ToString(info.rehydration->ready);
    if (info.content_md5) text_ += " md5 " + ToBase64(*info.content_md5);
    if (info.origin) text_ += " from " + ToString(info.origin->path);
    for (const auto& [key, value] : info.properties.metadata)
      text_ += fmt::format(" {}={}", key, value);
    for (const auto& [key, value] : info.properties.tags)
      text_ += fmt::format(" #{}={}", key, value);
    text_ += info.ended.ticks == 0 ? "" : " ended";
    text_ += fmt::format(" created v{}\n", versions_.Of(VersionId{info.created.ticks}));
  }

  void AddVersions(const std::string& container) {
    const ListPage page = Must(store_.List({.container = container,
                                            .hierarchical = false,
                                            .limit = 1'000'000,
                                            .scope = ListScope::kAll}));
    for (const ListItem& item : page.items) {
      const BlobPath path{container, NameOf(item)};
      for (const BlobInfo& version : Must(store_.ListVersions(path))) {
        text_ += "  version ";
        AddBlob(version);
        if (version.properties.tier == Tier::kArchive || version.key_sha256) continue;
        auto reader = Must(store_.Open(path, version.version));
        text_ += "    " + ToHex(Sha256(AsBytes(ReadAll(*reader)))) + "\n";
      }
      for (const BlobInfo& snapshot : Must(store_.ListSnapshots(path))) {
        text_ += "  snapshot ";
        AddBlob(snapshot);
      }
    }
  }

  void AddListing(const std::string& container, const std::string& prefix, size_t depth) {
    const ListPage page =
        Must(store_.List({.container = container, .prefix = prefix, .limit = 1'000'000}));
    for (const ListItem& item : page.items) {
      text_ += std::string(2 * depth + 2, ' ');
      if (const auto* blob = std::get_if<BlobInfo>(&item)) {
        AddBlob(*blob);
        continue;
      }
      const auto& info = std::get<PrefixInfo>(item);
      text_ += fmt::format("{} id {} has_blob {} directories {}\n", info.name,
                           file_ids_.Of(info.file_id), info.has_blob, Said(info.directories));
      AddListing(container, info.name, depth + 1);
    }
  }

  BlobStore& store_;
  Journal& journal_;
  Ordinals<VersionId> versions_;
  Ordinals<uint64_t> file_ids_;
  std::string text_;
};

}  // namespace

std::string Dump(Account& account) {
  return Dumper(account).Run();
}

}  // namespace replicafs
