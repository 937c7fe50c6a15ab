// blob immutability set | lock | delete
#include "backend/base/clock.h"
#include "tools/blob_target.h"

namespace replicafs {
namespace {

struct SetOptions {
  BlobOptions blob;
  std::string until;
  uint32_t days = 0;
  bool locked = false;
};

Result<Timestamp> EndOf(const SetOptions& options) {
  if (options.until.empty() == (options.days == 0))
    return UsageError("say how long: either --until or --days");
  if (options.days != 0) {
    constexpr int64_t kTicksPerDay = 86'400 * Timestamp::kTicksPerSecond;
    return Timestamp{SystemClock().Now().ticks + int64_t{options.days} * kTicksPerDay};
  }
  const auto until = ParseTimestamp(options.until);
  if (!until)
    return UsageError("--until '" + options.until +
                      "' is no UTC time, such as 2027-01-31T00:00:00Z");
  return *until;
}

// A locked policy stays locked.
Result<ExitCode> Set(Context& context, const SetOptions& options) {
  const Timestamp until = TRY(EndOf(options));
  const BlobTarget blob = TRY(FindBlob(context, options.blob));
  const auto& before = blob.info.protection.policy;
  const bool locked = options.locked || (before && before->mode == ImmutabilityMode::kLocked);
  return ChangeBlob(
      context, blob,
      SetImmutability{blob.target.blob, blob.info.version,
                      ImmutabilityPolicy{until, locked ? ImmutabilityMode::kLocked
                                                       : ImmutabilityMode::kUnlocked}});
}

Result<ExitCode> Lock(Context& context, const BlobOptions& options) {
  const BlobTarget blob = TRY(FindBlob(context, options));
  auto policy = blob.info.protection.policy;
  if (!policy)
    return Error{ErrorCode::kNotFound, "'" + blob.target.text +
                                           "' has no immutability policy; set one: replicafs "
                                           "blob immutability set " +
                                           blob.target.text + " --days 30"};
  policy->mode = ImmutabilityMode::kLocked;
  return ChangeBlob(context, blob, SetImmutability{blob.target.blob, blob.info.version, policy});
}

Result<ExitCode> Delete(Context& context, const BlobOptions& options) {
  const BlobTarget blob = TRY(FindBlob(context, options));
  return ChangeBlob(context, blob, SetImmutability{blob.target.blob, blob.info.version, {}});
}

void AddSet(CommandLine& line, CLI::App& group) {
  const auto options = std::make_shared<SetOptions>();
  CLI::App& command = line.Add(
      group,
      {.name = "set",
       .sentence = "Keeps a version from being changed, superseded or deleted until a time. "
                   "Replaces its policy; a locked one can only be made longer.",
       .example = "replicafs blob immutability set westus/records/a.pdf --until "
                  "2027-01-31T00:00:00Z",
       .exit_codes = "6: the policy is locked, and would become shorter."},
      [options](Context& context) { return Set(context, *options); });
  AddBlobOptions(command, options->blob);
  command.add_option("--until", options->until, "When it ends, RFC 3339 in UTC");
  command.add_option("--days", options->days, "How many days from now on it holds");
  command.add_flag("--locked", options->locked, "For good: it can be made longer, and not removed");
}

void AddOther(CommandLine& line, CLI::App& group, const CommandHelp& help,
              Result<ExitCode> (*body)(Context&, const BlobOptions&)) {
  const auto options = std::make_shared<BlobOptions>();
  CLI::App& command =
      line.Add(group, help, [options, body](Context& context) { return body(context, *options); });
  AddBlobOptions(command, *options);
}

}  // namespace

void AddBlobImmutability(CommandLine& line, CLI::App& blob_group) {
  CLI::App& group = line.Group(blob_group, "immutability",
                               "How long a version can neither be changed nor deleted.");
  AddSet(line, group);
  AddOther(line, group,
           {.name = "lock",
            .sentence = "Locks a version's policy for good.",
            .example = "replicafs blob immutability lock westus/records/a.pdf",
            .exit_codes = "5: there is no policy."},
           Lock);
  AddOther(line, group,
           {.name = "delete",
            .sentence = "Takes a version's unlocked policy away.",
            .example = "replicafs blob immutability delete westus/records/a.pdf",
            .exit_codes = "6: the policy is locked."},
           Delete);
}

}  // namespace replicafs
