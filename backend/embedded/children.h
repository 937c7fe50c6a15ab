// What lies directly in a directory, merged from the tables that hold parts of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "backend/base/result.h"
#include "backend/blob/blob_store.h"
#include "backend/embedded/rows.h"
#include "backend/embedded/schema.h"

namespace replicafs::embedded {

// A blob or a directory of a directory.
struct Child {
  std::string component;  // ends in '/' for a directory
  bool live = false;      // else a buried directory, or a deleted blob
  std::string_view
      value;  // DirectoryRecord, or VersionRecord: current, or newest of a deleted blob

  bool is_directory() const { return component.ends_with('/'); }
};

// Moves through children in byte order of their components. In a write transaction: changes make
// the position void until the next Seek.
class Children {
 public:
  static Result<Children> Open(const lmdb::Transaction& transaction, const Tables& tables,
                               ListScope scope);

  // The first child whose component is not less than `component`; false: there is none.
  Result<bool> Seek(uint64_t directory_id, std::string_view component);
  // The first child whose component is greater.
  Result<bool> SeekAfter(uint64_t directory_id, std::string_view component);
  Result<bool> Next();
  const Child& child() const { return child_; }

 private:
  // One of the tables: where it stands, if that is within the directory.
  struct Source {
    Cursor cursor;
    bool found = false;
  };

  Children(Cursor entries, Cursor graves, Cursor versions, ListScope scope)
      : entries_{std::move(entries)},
        graves_{std::move(graves)},
        versions_{std::move(versions)},
        scope_(scope) {}

  bool Within(const Source& source) const;
  Result<bool> Pick();
  Result<bool> TakeDeleted();
  Status SkipHistory();

  Source entries_;
  Source graves_;
  Source versions_;
  const ListScope scope_;
  uint64_t directory_id_ = 0;
  Child child_;
};

}  // namespace replicafs::embedded
