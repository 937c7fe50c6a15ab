#include "backend/replication/link.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "backend/replication/copy_batch.h"
#include "backend/replication/event_window.h"
#include "backend/replication/failure_log.h"
#include "backend/replication/faults.h"
#include "backend/replication/link_passed.h"
#include "backend/replication/link_policy.h"
#include "backend/replication/link_progress.h"
#include "backend/replication/link_rows.h"
#include "backend/replication/link_rules.h"
#include "backend/replication/skipped.h"

namespace replicafs {
namespace {

// Events that are not the policy's business move the cursor only this often.
constexpr uint64_t kIdleEventsMax = 4096;
constexpr size_t kStagingQueueMax = 64;
constexpr size_t kRetriesMax = 1000;  // failures tried again in one go

}  // namespace

class Link::State {
 public:
  State(std::shared_ptr<Account> source, std::shared_ptr<Account> destination,
        std::string policy_id, const Clock& clock, LinkOptions options)
      : source_(std::move(source)),
        destination_(std::move(destination)),
        policy_(*source_, *destination_, std::move(policy_id)),
        options_(options),
        writer_(RandomU64()),
        pool_(options.staging_threads, kStagingQueueMax),
        context_{*source_, *destination_, pool_, options.staging_threads, clock},
        failures_(source_->store(), policy_.id(), clock),
        progress_(source_->store(), policy_.id(), clock),
        window_events_(options.window_events) {}

  Result<StepResult> Step(std::stop_token stop);
  Status PublishProgress(std::string last_error);
  Status RetryFailures(std::stop_token stop);

 private:
  enum class Applied { kDone, kOvertaken, kRefused };

  Status LoadCursor();
  Status TakeUpRules();
  Result<StepResult> CatchUp();
  Result<StepResult> Copy(const std::vector<Event>& events, std::stop_token stop);
  Result<StepResult> Narrow(const std::vector<Event>& events, const Error& error);
  void Widen();
  Result<CopyBatch> Make(std::vector<SourceChange> changes, uint64_t maybe_copied_until,
                         std::stop_token stop);
  Result<Applied> Apply(std::vector<Mutation> mutations, const LinkCursor& next, Error& refusal);
  Result<std::optional<FailedEvent>> Retry(const Event& event, std::stop_token stop);
  LinkCursor After(const CopyBatch& batch) const;
  uint64_t CountSkippedIn(const std::vector<Event>& events) const;

  const std::shared_ptr<Account> source_;
  const std::shared_ptr<Account> destination_;
  LinkPolicy policy_;
  const LinkOptions options_;
  const uint64_t writer_;
  ThreadPool pool_;
  const LinkContext context_;
  FailureLog failures_;
  ProgressPublisher progress_;

  // The rules that the cursor has come so far with (link_rules.h): as their row says, and cursor_.
  std::string rules_row_;
  std::string taken_up_;
  // What they did before others took the cursor back (link_passed.h), and the rows of that.
  PassedRules passed_;
  std::optional<std::string> passed_row_;
  std::optional<std::string> forms_row_;
  // The cursor row as this link read or wrote it; unknown after a failed Apply.
  bool cursor_known_ = false;
  std::optional<std::string> cursor_row_;
  LinkCursor cursor_;
  uint64_t position_ = 0;            // at or above the cursor: events between need nothing
  uint64_t maybe_copied_until_ = 0;  // an Apply up to here may have happened
  uint64_t sent_bytes_ = 0;          // not yet counted in the cursor row
  uint64_t skipped_ = 0;             // between the cursor and the position

  // Smaller while the link looks for an event that the destination refuses.
  size_t window_events_;
  uint64_t cut_until_ = 0;  // the end of the group that it looks into
  uint64_t suspect_ = 0;    // the event that was refused alone the last time
};

Status Link::State::LoadCursor() {
  if (cursor_known_) return Ok();
  cursor_row_ = TRY(destination_->store().GetState(CursorKey(policy_.id())));
  auto rules = TRY(destination_->store().GetState(RulesKey(policy_.id())));
  forms_row_ = TRY(destination_->store().GetState(FormsKey(policy_.id())));
  passed_row_ = TRY(destination_->store().GetState(PassedKey(policy_.id())));
  cursor_ = {};
  if (cursor_row_) {
    cursor_ = TRY(DecodeCursor(*cursor_row_));
    // A release that did not write the rules never changed them.
    rules_row_ = rules ? *std::move(rules) : policy_.encoded_rules();
  } else {
    // New, or lost: from where its rules begin, and everything may be there already.
    cursor_.sequence = TRY(source_->journal().Head());
    rules_row_ = kNoRules;
    passed_row_.reset();
  }
  passed_ = TRY(PassedRules::Decode(passed_row_));
  taken_up_ = rules_row_;
  position_ = cursor_.sequence;
  skipped_ = 0;
  cursor_known_ = true;
  return Ok();
}

// Takes the cursor back to where rules begin that are new, or have other filters. The next step
// writes that.
Status Link::State::TakeUpRules() {
  const std::string& rules = policy_.encoded_rules();
  progress_.SetRules(rules);
  if (rules == taken_up_) return Ok();
  const auto start = TRY(StartOfNewRules(policy_.agreed(), rules_row_));
  if (start) cursor_.adopt_until = TRY(source_->journal().Head());
  if ((start && *start < cursor_.sequence) || !policy_.disputed().empty()) {
    passed_.Add(cursor_.sequence, TRY(TakenUpForms(forms_row_, policy_.agreed(), rules_row_)));
  }
  cursor_.sequence = std::min(cursor_.sequence, start.value_or(cursor_.sequence));
  cursor_.versions_skipped =
      TRY(CountSkipped(source_->journal(), policy_.agreed(), 0, cursor_.sequence));
  cut_until_ = 0;
  // What needed nothing with the rules before may need something now.
  position_ = cursor_.sequence;
  skipped_ = 0;
  taken_up_ = rules;
  return Ok();
}

Result<StepResult> Link::State::Step(std::stop_token stop) {
  const bool stands = TRY(policy_.Load());
  if (!stands) return StepResult::kPolicyGone;
  TRY(LoadCursor());
  TRY(TakeUpRules());
  TRY(failures_.LoadOnce());
  WindowLimits limits{.events = window_events_, .content_bytes = options_.window_bytes};
  if (position_ < cut_until_) {
    limits.groups = WindowLimits::Groups::kCut;
    limits.events = std::min<size_t>(limits.events, cut_until_ - position_);
  }
  const auto events = TRY(ReadWindow(source_->journal(), policy_.rules(), position_, limits));
  if (events.empty()) return CatchUp();
  return Copy(events, stop);
}

Result<StepResult> Link::State::CatchUp() {
  TRY(progress_.Publish(cursor_, {}, policy_.source_row()));
  return StepResult::kCaughtUp;
}

Result<StepResult> Link::State::Copy(const std::vector<Event>& events, std::stop_token stop) {
  std::vector<SourceChange> changes;
  bool relevant = false;
  for (const Event& event : events) {
    const Rule* rule = policy_.rules().RuleOf(event);
    if (rule != nullptr && passed_.Contains(event, *rule)) rule = nullptr;
    relevant = relevant || rule != nullptr;
    // What is recorded as failed waits for RetryFailures.
    if (failures_.Contains(event.sequence)) rule = nullptr;
    changes.push_back({.event = event, .rule = rule});
  }
  const uint64_t last = events.back().sequence;
  if (!relevant && last - cursor_.sequence < kIdleEventsMax) {
    position_ = last;
    skipped_ += CountSkippedIn(events);
    return StepResult::kAdvanced;
  }

  auto batch =
      TRY(Make(std::move(changes), std::max(cursor_.adopt_until, maybe_copied_until_), stop));
  TRY(failures_.Record(batch.failed, batch.done, policy_.source_row()));
  LinkCursor next = After(batch);
  next.sequence = last;
  next.versions_skipped += skipped_ + CountSkippedIn(events);
  const bool only_moves_cursor = batch.mutations.empty();
  Error refusal;
  switch (TRY(Apply(std::move(batch.mutations), next, refusal))) {
    case Applied::kDone: break;
    case Applied::kOvertaken: return StepResult::kAdvanced;
    case Applied::kRefused:
      if (only_moves_cursor) return refusal;  // no event's fault
      maybe_copied_until_ = std::max(maybe_copied_until_, last);
      return Narrow(events, refusal);
  }
  Widen();
  TRY(progress_.PublishNowAndThen(cursor_, policy_.source_row()));
  return StepResult::kAdvanced;
}

Result<CopyBatch> Link::State::Make(std::vector<SourceChange> changes, uint64_t maybe_copied_until,
                                    std::stop_token stop) {
  BatchRequest request{.policy = policy_.agreed(),
                       .changes = std::move(changes),
                       .maybe_copied_until = maybe_copied_until,
                       .stop = stop};
  request.progress = [this](const StageProgress& current) {
    progress_.PublishCurrent(cursor_, policy_.source_row(), current);
  };
  return MakeBatch(context_, std::move(request), sent_bytes_);
}

uint64_t Link::State::CountSkippedIn(const std::vector<Event>& events) const {
  const auto is_skipped = [this](const Event& event) { return IsSkipped(policy_.rules(), event); };
  return static_cast<uint64_t>(std::count_if(events.begin(), events.end(), is_skipped));
}

LinkCursor Link::State::After(const CopyBatch& batch) const {
  LinkCursor next = cursor_;
  next.versions_copied += batch.versions;
  next.logical_bytes += batch.logical_bytes;
  next.sent_bytes += sent_bytes_;
  return next;
}

// One step at the destination, which nothing but this link's own view of policy and cursor can make
// happen. `refusal` is the reason for kRefused: the fault of one of the changes.
Result<Link::State::Applied> Link::State::Apply(std::vector<Mutation> mutations,
                                                const LinkCursor& next, Error& refusal) {
  // A removed policy stops its link at once, the removal of blobs above all.
  const bool at_source = TRY(policy_.Stands());
  if (!at_source) return Applied::kOvertaken;

  std::string next_row = Encode(next);
  mutations.push_back(ExpectState{PolicyKey(policy_.id()), policy_.destination_row()});
  mutations.push_back(ExpectState{CursorKey(policy_.id()), cursor_row_});
  mutations.push_back(PutState{CursorKey(policy_.id()), next_row});
  auto forms_row = forms_row_;
  if (taken_up_ != rules_row_) {
    forms_row = EncodePolicy(policy_.agreed());
    mutations.push_back(PutState{RulesKey(policy_.id()), taken_up_});
    mutations.push_back(PutState{FormsKey(policy_.id()), *forms_row});
  }
  auto passed = passed_.Encode(next.sequence, policy_.disputed());
  if (passed && passed != passed_row_) {
    mutations.push_back(PutState{PassedKey(policy_.id()), *passed});
  } else if (!passed && passed_row_) {
    mutations.push_back(RemoveState{PassedKey(policy_.id())});
  }
  const auto applied = destination_->store().Apply(std::move(mutations), writer_);
  if (applied) {
    cursor_ = next;
    cursor_row_ = std::move(next_row);
    rules_row_ = taken_up_;
    forms_row_ = std::move(forms_row);
    passed_row_ = std::move(passed);
    // A retry, which leaves the cursor where it is, does not count what lies between.
    if (next.sequence >= position_) skipped_ = 0;
    position_ = std::max(position_, next.sequence);
    sent_bytes_ = 0;
    return Applied::kDone;
  }
  cursor_known_ = false;
  if (!IsBlobFault(applied.error().code)) {
    maybe_copied_until_ = std::max(maybe_copied_until_, next.sequence);
    return applied.error();
  }
  // Somebody else may have removed the policy, or moved the cursor.
  const std::string policy_row = policy_.destination_row();
  const auto cursor_row = cursor_row_;
  const bool stands = TRY(policy_.Load());
  if (!stands || policy_row != policy_.destination_row()) return Applied::kOvertaken;
  TRY(LoadCursor());
  if (cursor_row != cursor_row_) return Applied::kOvertaken;
  refusal = applied.error();
  return Applied::kRefused;
}

// Looks for the one event that the destination refuses: halves of the window, then of a group; an
// event alone is tried twice, because what was decided may have been overtaken.
Result<StepResult> Link::State::Narrow(const std::vector<Event>& events, const Error& error) {
  if (events.size() > 1) {
    const uint64_t group_end = events.back().group_end;
    if (events.front().group_end == group_end) cut_until_ = std::max(cut_until_, group_end);
    window_events_ = std::max<size_t>(1, std::min(window_events_, events.size()) / 2);
    return StepResult::kAdvanced;
  }
  const Event& event = events.front();
  if (suspect_ == event.sequence) {
    TRY(failures_.Record({{event, DestinationFault(error)}}, {}, policy_.source_row()));
  }
  suspect_ = event.sequence;
  return StepResult::kAdvanced;
}

void Link::State::Widen() {
  window_events_ = std::min(window_events_ * 2, options_.window_events);
}

Status Link::State::PublishProgress(std::string last_error) {
  const auto policy_row = TRY(source_->store().GetState(PolicyKey(policy_.id())));
  if (!policy_row) return Ok();
  // The destination may be what is unreachable: then what was published last stands.
  LinkCursor durable = cursor_;
  if (!cursor_known_) {
    const LinkProgress before = TRY(ReadProgress(source_->store(), policy_.id()));
    durable = {.sequence = before.watermark,
               .versions_copied = before.versions_copied,
               .logical_bytes = before.logical_bytes,
               .sent_bytes = before.sent_bytes,
               .versions_skipped = before.versions_skipped};
    progress_.KeepRules(before.rules);
  }
  return progress_.Publish(durable, std::move(last_error), *policy_row);
}

Status Link::State::RetryFailures(std::stop_token stop) {
  const bool stands = TRY(policy_.Load());
  if (!stands) return Ok();
  TRY(LoadCursor());
  TRY(TakeUpRules());
  TRY(failures_.Load());
  auto failures = failures_.All();
  if (failures.size() > kRetriesMax) {
    std::stable_sort(failures.begin(), failures.end(),
                     [](const Failure& a, const Failure& b) { return a.last < b.last; });
    failures.resize(kRetriesMax);
  }
  for (const Failure& failure : failures) {
    // Recorded, but the link has not passed it yet: earlier versions come first.
    if (failure.sequence > cursor_.sequence) continue;
    const auto events = TRY(source_->journal().Read(failure.sequence - 1, 1));
    std::optional<FailedEvent> failed;
    if (!events.empty()) failed = TRY(Retry(events.front(), stop));
    if (failed) {
      TRY(failures_.Record({*failed}, {}, policy_.source_row()));
    } else {
      TRY(failures_.Forget(failure.sequence));
    }
  }
  return Ok();
}

// nullopt when nothing is left to do for the event.
Result<std::optional<FailedEvent>> Link::State::Retry(const Event& event, std::stop_token stop) {
  TRY(LoadCursor());
  std::vector<SourceChange> changes;
  changes.push_back({.event = event, .rule = policy_.rules().RuleOf(event)});
  auto batch = TRY(Make(std::move(changes), event.sequence, stop));
  if (!batch.failed.empty()) return std::optional<FailedEvent>(batch.failed.front());
  if (batch.mutations.empty()) return std::optional<FailedEvent>();
  Error refusal;
  switch (TRY(Apply(std::move(batch.mutations), After(batch), refusal))) {
    case Applied::kDone: break;
    case Applied::kOvertaken:
      return Error{ErrorCode::kBusy, "another process moved the link's cursor"};
    case Applied::kRefused: return std::optional<FailedEvent>({event, DestinationFault(refusal)});
  }
  return std::optional<FailedEvent>();
}

Link::Link(std::shared_ptr<Account> source, std::shared_ptr<Account> destination,
           std::string policy_id, const Clock& clock, LinkOptions options)
    : state_(std::make_unique<State>(std::move(source), std::move(destination),
                                     std::move(policy_id), clock, options)) {}
Link::~Link() = default;

Result<StepResult> Link::Step(std::stop_token stop) {
  return state_->Step(stop);
}
Status Link::PublishProgress(std::string last_error) {
  return state_->PublishProgress(std::move(last_error));
}
Status Link::RetryFailures(std::stop_token stop) {
  return state_->RetryFailures(stop);
}

}  // namespace replicafs
