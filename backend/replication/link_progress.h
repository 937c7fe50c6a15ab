// Publishes a link's progress where its source can see it, rarely enough to cost the source
// nothing.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "backend/base/clock.h"
#include "backend/base/result.h"
#include "backend/blob/blob_store.h"
#include "backend/replication/link_rows.h"
#include "backend/replication/rate_window.h"
#include "backend/replication/staging.h"

namespace replicafs {

// For one thread.
class ProgressPublisher {
 public:
  ProgressPublisher(BlobStore& source, std::string policy_id, const Clock& clock);

  // The rules that the next rows are about, as EncodeRules writes them; their row follows.
  void SetRules(const std::string& rules);
  // They are those of this digest, as somebody has published before.
  void KeepRules(std::string digest) {
    owner_.rules = std::move(digest);
    rules_.clear();
  }
  // Of a link that has nothing to do or, with an error, cannot go on. Writes the row unless it says
  // the same already. An error is forgotten by an empty `last_error`. Does nothing once the
  // policy's row at the source is not `policy_row`.
  Status Publish(const LinkCursor& durable, std::string last_error, const std::string& policy_row);
  // The same of a link at work, unless the last time is less than 200 ms ago.
  Status PublishNowAndThen(const LinkCursor& durable, const std::string& policy_row);
  // The same with the blob that takes long; errors do not matter.
  void PublishCurrent(const LinkCursor& durable, const std::string& policy_row,
                      const StageProgress& current);

 private:
  bool IsTime() const;
  // A row with the rate up to now.
  LinkProgress AtWork(const LinkCursor& durable, uint64_t under_way_bytes);
  Status Write(LinkProgress progress, const std::string& policy_row);

  BlobStore& source_;
  const std::string policy_id_;
  const Clock& clock_;
  LinkProgress owner_;  // who runs the link, with which rules; all else zero
  std::string rules_;   // as they were set; empty: the row stays
  std::optional<LinkProgress> published_;
  std::chrono::steady_clock::time_point published_at_;
  RateWindow rates_;
};

// For a link that cannot even be made: what was published last stands, but for the error and the
// owner. Nothing is written when the row says so already.
Status PublishError(BlobStore& source, const std::string& policy_id, const Clock& clock,
                    const std::string& last_error);

}  // namespace replicafs
