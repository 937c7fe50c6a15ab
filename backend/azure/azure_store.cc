#include "backend/azure/azure_store.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace replicafs::azure {
namespace {

using SteadyClock = std::chrono::steady_clock;

Error Unsupported(const std::string& what) {
  return Error{ErrorCode::kNotSupported, what + " in an account of kind azure"};
}

// What the service has no place for, or this program no way to.
struct Supported {
  Status operator()(const CommitBlob& commit) const {
    if (commit.kind != BlobKind::kBlock)
      return Unsupported("'" + ToString(commit.path) + "' cannot be made " +
                         std::string(WithArticle(commit.kind)));
    if (commit.encryption) return Unsupported("content with a key of the customer's is not kept");
    return Ok();
  }
  Status operator()(const SetImmutability&) const { return Protection(); }
  Status operator()(const SetLegalHold&) const { return Protection(); }
  Status operator()(const SetContainerImmutability&) const { return Protection(); }
  Status operator()(const ChangeContainerHolds&) const { return Protection(); }
  Status operator()(const CreateSnapshot&) const { return Unsupported("snapshots are not made"); }
  template <class T>
  Status operator()(const T&) const {
    return Ok();
  }
  static Status Protection() {
    return Unsupported("immutability policies and legal holds cannot be set");
  }
};

Capabilities CapabilitiesOf(BlobStore& local) {
  Capabilities capabilities = local.capabilities();
  constexpr size_t kNameMaxChars = 1024;
  capabilities.names.max_chars = kNameMaxChars;
  return capabilities;
}

}  // namespace

AzureStore::AzureStore(ServiceView& view, ServiceScan& scan, Uploader& uploader,
                       const StoreOptions& options)
    : ForwardingStore(view.local().store()),
      view_(view),
      scan_(scan),
      uploader_(uploader),
      options_(options),
      capabilities_(CapabilitiesOf(view.local().store())),
      fresh_(options.fresh) {}

Status AzureStore::RefreshContainers() {
  if (fresh_.AreContainersFresh()) return Ok();
  const auto asked = SteadyClock::now();
  TRY(scan_.Containers());
  fresh_.SawContainers(asked);
  return Ok();
}

Status AzureStore::RefreshBlob(const BlobPath& path) {
  if (fresh_.IsFresh(path)) return Ok();
  const auto asked = SteadyClock::now();
  const auto container = Inner().GetContainer(path.container);
  if (!container) TRY(RefreshContainers());
  TRY(scan_.Blob(path));
  fresh_.Saw(path, asked);
  return Ok();
}

Status AzureStore::RefreshPrefix(const std::string& container, const std::string& prefix) {
  if (fresh_.IsListed(container, prefix)) return Ok();
  const auto asked = SteadyClock::now();
  const auto there = Inner().GetContainer(container);
  if (!there) TRY(RefreshContainers());
  TRY(scan_.Prefix(container, prefix));
  fresh_.Listed(container, prefix, asked);
  return Ok();
}

Result<std::vector<ContainerInfo>> AzureStore::ListContainers() {
  TRY(RefreshContainers());
  return Inner().ListContainers();
}

Result<ContainerInfo> AzureStore::GetContainer(std::string_view container) {
  auto there = Inner().GetContainer(container);
  if (there || there.error().code != ErrorCode::kNotFound) return there;
  TRY(RefreshContainers());
  return Inner().GetContainer(container);
}

Result<BlobInfo> AzureStore::Stat(const BlobPath& path, VersionId version) {
  if (!version) TRY(RefreshBlob(path));
  return Inner().Stat(path, version);
}

Result<PrefixInfo> AzureStore::StatPrefix(const BlobPath& prefix) {
  auto there = Inner().StatPrefix(prefix);
  if (there || there.error().code != ErrorCode::kNotFound) return there;
  TRY(RefreshPrefix(prefix.container, prefix.name));
  return Inner().StatPrefix(prefix);
}

Result<ListPage> AzureStore::List(const ListRequest& request) {
  TRY(RefreshPrefix(request.container, request.prefix));
  return Inner().List(request);
}

Result<NamePage> AzureStore::ListNames(const ListNamesRequest& request) {
  TRY(RefreshPrefix(request.container, request.prefix));
  return Inner().ListNames(request);
}

Result<std::vector<BlobInfo>> AzureStore::ListVersions(const BlobPath& path) {
  TRY(RefreshBlob(path));
  return Inner().ListVersions(path);
}

Result<std::unique_ptr<BlobReader>> AzureStore::Open(const BlobPath& path, VersionId version) {
  if (!version) TRY(RefreshBlob(path));
  return Inner().Open(path, version);
}

Status AzureStore::RefreshFor(const Mutation& mutation) {
  if (const auto* commit = std::get_if<CommitBlob>(&mutation)) return RefreshBlob(commit->path);
  if (const auto* removal = std::get_if<RemoveBlob>(&mutation)) return RefreshBlob(removal->path);
  if (const auto* patch = std::get_if<PatchBlob>(&mutation))
    return patch->version ? Ok() : RefreshBlob(patch->path);
  if (const auto* rename = std::get_if<RenamePrefix>(&mutation)) {
    TRY(RefreshPrefix(rename->container, rename->from));
    return RefreshPrefix(rename->container, rename->to);
  }
  if (const auto* exchange = std::get_if<ExchangePrefixes>(&mutation)) {
    TRY(RefreshPrefix(exchange->container, exchange->first));
    return RefreshPrefix(exchange->container, exchange->second);
  }
  return Ok();
}

Result<std::vector<StateRow>> AzureStore::ListState(std::string_view prefix) {
  auto rows = TRY(Inner().ListState(prefix));
  std::erase_if(rows, [](const StateRow& row) { return row.key.starts_with(kOwnRows); });
  return rows;
}

Status AzureStore::CheckNames(const Mutation& mutation) {
  if (const auto* commit = std::get_if<CommitBlob>(&mutation))
    return ValidateBlobName(commit->path.name, capabilities_.names);
  const auto* rename = std::get_if<RenamePrefix>(&mutation);
  if (rename == nullptr || rename->to.size() <= rename->from.size()) return Ok();
  ListRequest request{
      .container = rename->container, .prefix = rename->from, .hierarchical = false};
  for (;;) {
    const auto page = Inner().List(request);
    if (!page) return Ok();  // the change itself says why
    for (const ListItem& item : page->items) {
      const std::string& name = std::get<BlobInfo>(item).name;
      TRY(ValidateBlobName(rename->to + name.substr(rename->from.size()), capabilities_.names));
    }
    if (!page->more) return Ok();
    request.after = std::get<BlobInfo>(page->items.back()).name;
  }
}

Result<std::vector<uint64_t>> AzureStore::EventsOf(uint64_t before, uint64_t sequence) {
  constexpr size_t kEvents = 1024;
  std::vector<uint64_t> sequences;
  const auto one = TRY(view_.local().journal().Read(sequence - 1, 1));
  if (one.empty()) return sequences;
  const uint64_t end = one.front().group_end;
  while (before < end) {
    const auto events = TRY(view_.local().journal().Read(before, kEvents));
    if (events.empty()) break;
    for (const Event& event : events) {
      if (event.group_end == end) sequences.push_back(event.sequence);
    }
    before = events.back().sequence;
  }
  return sequences;
}

Result<std::vector<Outcome>> AzureStore::Apply(std::vector<Mutation> mutations, uint64_t writer) {
  for (const Mutation& mutation : mutations) {
    TRY(std::visit(Supported(), mutation));
    TRY(CheckNames(mutation));
    TRY(RefreshFor(mutation));
  }
  const uint64_t before = TRY(view_.local().journal().Head());
  auto outcomes = TRY(Inner().Apply(std::move(mutations), writer));
  uint64_t last = 0;
  for (const Outcome& outcome : outcomes) last = std::max(last, outcome.sequence);
  if (last == 0) return outcomes;
  const auto events = TRY(EventsOf(before, last));
  TRY(uploader_.WaitFor(events, options_.commit_timeout));
  return outcomes;
}

}  // namespace replicafs::azure
