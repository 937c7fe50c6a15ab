#include "backend/replication/estimate.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "backend/replication/backlog.h"
#include "backend/replication/event_window.h"
#include "backend/replication/faults.h"
#include "backend/replication/forecast_tally.h"
#include "backend/replication/journal_search.h"
#include "backend/replication/link.h"
#include "backend/replication/link_position.h"
#include "backend/replication/planned_destination.h"
#include "backend/replication/read_sample.h"
#include "backend/replication/rule_index.h"
#include "backend/replication/status.h"

namespace replicafs {
namespace {

constexpr size_t kQueueMax = 64;
constexpr uint64_t kRateMsMin = 1000;

struct Accounts {
  std::shared_ptr<Account> source;
  std::shared_ptr<Account> destination;
};

Result<Accounts> Open(AccountSource& accounts, const Policy& policy) {
  Accounts open;
  open.source = TRY(accounts.OpenAccount(policy.source_account));
  open.destination = TRY(accounts.OpenAccount(policy.destination_account));
  return open;
}

class Estimator {
 public:
  Estimator(const Accounts& accounts, LinkPosition position, const Clock& clock,
            const EstimateOptions& options)
      : source_(*accounts.source),
        destination_(*accounts.destination),
        cursor_(position.cursor),
        passed_(std::move(position.passed)),
        options_(options),
        pool_(link_.staging_threads, kQueueMax),
        context_{source_, destination_, pool_, link_.staging_threads, clock},
        estimate_{
            .policy = std::move(position.agreed), .made = clock.Now(), .cursor = cursor_.sequence},
        rules_(estimate_.policy),
        planned_(estimate_.policy) {}

  // As the link does before its first step: in order, those that it has passed.
  Status Retry(const std::vector<Failure>& failures) {
    for (const Failure& failure : failures) {
      if (failure.sequence > cursor_.sequence) continue;
      auto events = TRY(source_.journal().Read(failure.sequence - 1, 1));
      if (!events.empty()) TRY(Plan(std::move(events), failure.sequence, {}));
    }
    return Ok();
  }

  Status Run() {
    uint64_t position = cursor_.sequence;
    const uint64_t first = position;
    uint64_t head = TRY(source_.journal().Head());
    const WindowLimits limits{.events = link_.window_events, .content_bytes = link_.window_bytes};
    while (position < head) {
      if (options_.stop.stop_requested())
        return Error{ErrorCode::kCancelled, "the estimate was stopped"};
      auto events = TRY(ReadWindow(source_.journal(), rules_, position, limits));
      if (events.empty()) break;
      position = events.back().sequence;
      head = std::max(head, position);
      TRY(Plan(std::move(events), cursor_.adopt_until, passed_));
      if (options_.progress) options_.progress(position - first, head - first);
    }
    estimate_.head = std::max(head, first);
    return Ok();
  }

  Status ReadRecent() {
    constexpr int64_t kTicksPerDay = Timestamp::kTicksPerSecond * 86'400;
    Policy policy = estimate_.policy;
    for (Rule& rule : policy.rules) rule.start_sequence = 0;
    const Timestamp since{estimate_.made.ticks - kRecentDays * kTicksPerDay};
    const uint64_t cursor = TRY(SequenceAt(source_.journal(), since));
    const auto first = TRY(source_.journal().Read(cursor, 1));
    if (!first.empty()) estimate_.recent.since = first.front().time;
    const auto backlog = TRY(ReadBacklog(
        source_.journal(), {.policy = policy, .cursor = cursor, .head = estimate_.head}));
    estimate_.recent.operations = backlog.size();
    for (const PendingOperation& operation : backlog) estimate_.recent.bytes += operation.bytes;
    return Ok();
  }

  // `progress`: what the policy's link left; nullptr: it has none.
  Estimate Finish(const LinkProgress* progress) {
    estimate_.blobs = planned_.blobs();
    estimate_.failures = tally_.Take();
    RateBasis& basis = estimate_.basis;
    const LinkRate read = sample_.rate();
    if (progress != nullptr && progress->rate.milliseconds >= kRateMsMin) {
      basis = {RateBasis::Kind::kLink, progress->rate, progress->updated};
    } else if (read.milliseconds > 0) {
      basis = {RateBasis::Kind::kReading, read, estimate_.made};
    }
    estimate_.seconds =
        SecondsToCopy(basis.rate, estimate_.head - estimate_.cursor, estimate_.bytes);
    if (basis.kind == RateBasis::Kind::kReading)
      estimate_.seconds = SecondsToCopy(basis.rate, 0, estimate_.sent_bytes);
    return std::move(estimate_);
  }

  Estimate& estimate() { return estimate_; }

 private:
  Status Plan(std::vector<Event> events, uint64_t maybe_copied_until, const PassedRules& passed) {
    std::vector<SourceChange> changes;
    uint64_t relevant = 0;
    for (Event& event : events) {
      const Rule* rule = rules_.RuleOf(event);
      if (rule != nullptr && passed.Contains(event, *rule)) rule = nullptr;
      if (rule != nullptr) ++relevant;
      changes.push_back({.event = std::move(event), .rule = rule});
    }
    if (relevant == 0) return Ok();
    BatchRequest request{.policy = estimate_.policy,
                         .changes = std::move(changes),
                         .maybe_copied_until = maybe_copied_until,
                         .stop = options_.stop};
    request.amend = [this](Gathered& gathered) { planned_.Amend(gathered); };
    request.stage = [this](std::vector<StageItem>& items) { return Stage(items); };
    const CopyBatch batch = TRY(MakeBatch(context_, std::move(request), estimate_.sent_bytes));
    planned_.Apply(batch.mutations);
    tally_.Add(batch);
    estimate_.events += relevant;
    Count(batch);
    return Ok();
  }

  Status Stage(std::vector<StageItem>& items) {
    // A block of a version that cannot be read may be one of the next as well: planned again.
    std::vector<size_t> readable(items.size());
    for (size_t i = 0; i < items.size(); ++i) readable[i] = i;
    for (;;) {
      std::vector<StageItem> some;
      for (const size_t i : readable) some.push_back({.reader = items[i].reader});
      auto pieces = TRY(PlanStaging(destination_.store(), some));
      planned_.DropSent(pieces);
      TRY(FindUnreadable(pieces, some));
      std::vector<size_t> rest;
      for (size_t k = 0; k < some.size(); ++k) {
        items[readable[k]].fault = some[k].fault;
        if (!some[k].fault) rest.push_back(readable[k]);
      }
      if (rest.size() == readable.size()) return Send(pieces, some, readable, items);
      readable = std::move(rest);
    }
  }

  // Asks for none of the bytes: that tells as much as the link is told before it has read them all.
  static Status FindUnreadable(const std::vector<StagingPiece>& pieces,
                               std::vector<StageItem>& items) {
    for (size_t i = 0; i < pieces.size(); ++i) {
      // Once a version, and at one place: a store reads ahead of who goes on.
      if (i > 0 && pieces[i - 1].item == pieces[i].item) continue;
      StageItem& item = items[pieces[i].item];
      const auto read = item.reader->ReadAt(pieces[i].offset, {});
      if (read) continue;
      if (!IsBlobFault(read.error().code)) return read.error();
      item.fault = SourceFault(read.error());
    }
    return Ok();
  }

  // `some`: those of `items` with these numbers.
  Status Send(const std::vector<StagingPiece>& pieces, std::vector<StageItem>& some,
              const std::vector<size_t>& numbers, std::vector<StageItem>& items) {
    planned_.Send(pieces, some);
    sample_.Add(pieces, some);
    for (size_t k = 0; k < some.size(); ++k) {
      if (some[k].sent_bytes > 0) ++estimate_.read_versions;
      StageItem& item = items[numbers[k]];
      item.content = std::move(some[k].content);
      item.sent_bytes = some[k].sent_bytes;
    }
    return Ok();
  }

  void Count(const CopyBatch& batch) {
    estimate_.versions += batch.versions;
    estimate_.bytes += batch.logical_bytes;
    estimate_.there_versions += batch.there_versions;
    estimate_.there_bytes += batch.there_bytes;
    for (const Mutation& mutation : batch.mutations) {
      if (std::holds_alternative<RemoveBlob>(mutation)) ++estimate_.removals;
      if (std::holds_alternative<PatchBlob>(mutation)) ++estimate_.property_changes;
    }
  }

  Account& source_;
  Account& destination_;
  const LinkCursor cursor_;
  const PassedRules passed_;
  const EstimateOptions& options_;
  const LinkOptions link_{};
  ThreadPool pool_;
  const LinkContext context_;
  Estimate estimate_;
  const RuleIndex rules_;  // into the estimate's policy
  PlannedDestination planned_;
  ForecastTally tally_;
  ReadSample sample_;
};

}  // namespace

uint64_t Estimate::failed_events() const {
  uint64_t events_of_all = 0;
  for (const FailureForecast& forecast : failures) events_of_all += forecast.events;
  return events_of_all;
}

Result<Estimate> EstimatePolicy(AccountSource& accounts, const PolicyRequest& request,
                                const Clock& clock, const EstimateOptions& options) {
  Policy policy = TRY(PlanPolicy(accounts, request));
  const Accounts open = TRY(Open(accounts, policy));
  // As a link begins that finds no cursor (link_position.h).
  LinkCursor cursor;
  cursor.adopt_until = TRY(open.source->journal().Head());
  cursor.sequence = cursor.adopt_until;
  for (const Rule& rule : policy.rules)
    cursor.sequence = std::min(cursor.sequence, rule.start_sequence);
  Estimator estimator(open, {.cursor = cursor, .agreed = std::move(policy)}, clock, options);
  TRY(estimator.Run());
  TRY(estimator.ReadRecent());
  return estimator.Finish(nullptr);
}

Result<Estimate> EstimateRest(AccountSource& accounts, const std::string& policy_id,
                              const Clock& clock, const EstimateOptions& options) {
  const auto policies = TRY(ListAllPolicies(accounts));
  const auto found = std::find_if(policies.begin(), policies.end(), [&](const Policy& policy) {
    return policy.policy_id == policy_id;
  });
  if (found == policies.end())
    return Error{ErrorCode::kNotFound, "there is no policy '" + policy_id + "'"};
  const Policy half = TRY(GetHalf(accounts, found->source_account, policy_id));
  const Accounts open = TRY(Open(accounts, half));
  const uint64_t head = TRY(open.source->journal().Head());
  LinkPosition position = TRY(ReadPosition(accounts, half, head));
  const LinkProgress progress = TRY(ReadProgress(open.source->store(), policy_id));
  const auto failures = TRY(ReadFailures(open.source->store(), policy_id));

  const LinkCursor cursor = position.cursor;
  Estimator estimator(open, std::move(position), clock, options);
  LinkProgress& before = estimator.estimate().before;
  before.versions_copied = cursor.versions_copied;
  before.logical_bytes = cursor.logical_bytes;
  before.sent_bytes = cursor.sent_bytes;
  TRY(estimator.Retry(failures));
  TRY(estimator.Run());
  TRY(estimator.ReadRecent());
  return estimator.Finish(&progress);
}

}  // namespace replicafs
