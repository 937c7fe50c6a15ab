#include "backend/embedded/children.h"

#include "backend/embedded/keys.h"

namespace replicafs::embedded {

Result<Children> Children::Open(const lmdb::Transaction& transaction, const Tables& tables,
                                ListScope scope) {
  auto entries = TRY(Cursor::Open(transaction, tables.entries));
  auto graves = TRY(Cursor::Open(transaction, tables.graves));
  auto versions = TRY(Cursor::Open(transaction, tables.versions));
  return Children(std::move(entries), std::move(graves), std::move(versions), scope);
}

bool Children::Within(const Source& source) const {
  return source.found && NumberOf(source.cursor.key()) == directory_id_;
}

Result<bool> Children::Seek(uint64_t directory_id, std::string_view component) {
  directory_id_ = directory_id;
  const std::string key = EntryKey(directory_id, component);
  entries_.found = TRY(entries_.cursor.Seek(key));
  if (scope_ == ListScope::kAll) {
    graves_.found = TRY(graves_.cursor.Seek(key));
    versions_.found = TRY(versions_.cursor.Seek(key));
  }
  return Pick();
}

Result<bool> Children::SeekAfter(uint64_t directory_id, std::string_view component) {
  directory_id_ = directory_id;
  const std::string key = EntryKey(directory_id, component);
  entries_.found = TRY(entries_.cursor.SeekAfter(key));
  if (scope_ == ListScope::kAll) {
    graves_.found = TRY(graves_.cursor.SeekAfter(key));
    versions_.found = TRY(versions_.cursor.Seek(VersionsEnd(directory_id, component)));
  }
  return Pick();
}

Result<bool> Children::Next() {
  const bool from_entries = child_.live;
  if (from_entries) {
    entries_.found = TRY(entries_.cursor.Next());
  } else if (child_.is_directory()) {
    graves_.found = TRY(graves_.cursor.Next());
  } else {
    // Past snapshots that are newer than the version that was shown.
    versions_.found = TRY(versions_.cursor.Seek(VersionsEnd(directory_id_, child_.component)));
  }
  return Pick();
}

// INVARIANT: entries and graves never share a key.
Result<bool> Children::Pick() {
  for (;;) {
    const Source* least = nullptr;
    std::string_view component;
    for (const Source* source : {&entries_, &graves_}) {
      if (!Within(*source)) continue;
      const std::string_view candidate = ComponentOfEntry(source->cursor.key());
      if (least != nullptr && component <= candidate) continue;
      least = source;
      component = candidate;
    }
    if (Within(versions_)) {
      const std::string_view candidate = ComponentOfVersion(versions_.cursor.key());
      if (least == nullptr || candidate < component) {
        const bool taken = TRY(TakeDeleted());
        if (taken) return true;
        continue;
      }
      if (candidate == component) {
        TRY(SkipHistory());
        continue;
      }
    }
    if (least == nullptr) return false;
    child_.component = component;
    child_.live = least == &entries_;
    child_.value = least->cursor.value();
    return true;
  }
}

Status Children::SkipHistory() {
  const std::string component(ComponentOfVersion(versions_.cursor.key()));
  versions_.found = TRY(versions_.cursor.Seek(VersionsEnd(directory_id_, component)));
  return Ok();
}

// Stays on a version, so that Next leads to the next component. False: the component has snapshots
// alone, and was left.
Result<bool> Children::TakeDeleted() {
  child_.component = ComponentOfVersion(versions_.cursor.key());
  child_.live = false;
  const std::string end = VersionsEnd(directory_id_, child_.component);
  versions_.found = TRY(versions_.cursor.SeekBefore(end));
  while (versions_.found && IsVersionOf(versions_.cursor.key(), directory_id_, child_.component)) {
    child_.value = versions_.cursor.value();
    const VersionRecord record = TRY(DecodeVersion(child_.value));
    if (!record.is_snapshot) return true;
    versions_.found = TRY(versions_.cursor.Previous());
  }
  versions_.found = TRY(versions_.cursor.Seek(end));
  return false;
}

}  // namespace replicafs::embedded
