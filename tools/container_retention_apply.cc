// container retention apply
#include "backend/base/clock.h"
#include "backend/retention/retention_pass.h"
#include "backend/retention/retention_rules.h"
#include "tools/container_command.h"
#include "tools/progress.h"

namespace replicafs {
namespace {

struct ApplyOptions {
  std::string path;
  bool dry_run = false;
};

void PrintReport(const RetentionReport& report, bool dry_run) {
  std::string text = dry_run ? "would delete " : "deleted ";
  if (report.ended_blobs > 0) text += std::to_string(report.ended_blobs) + " blobs and ";
  text += std::to_string(report.removed_versions) + " versions (" +
          HumanBytes(report.removed_bytes) + ")" + (dry_run ? ", would move " : ", moved ") +
          std::to_string(report.moved_versions) + " to another tier\n";
  if (report.held_versions > 0)
    text += std::to_string(report.held_versions) + " more wait until replication has copied them\n";
  if (report.immutable_versions > 0)
    text += std::to_string(report.immutable_versions) +
            " more are immutable, by a policy or a legal hold\n";
  PrintText(text);
}

Result<ExitCode> Apply(Context& context, const ApplyOptions& options) {
  const AccountPath path = TRY(ParseContainerPath(options.path));
  const OpenContainer container = TRY(OpenContainerAt(context.accounts, path));
  Account& account = *container.account;
  const auto retention = TRY(ReadRetention(account.store(), container.info.name));
  if (!retention)
    return Error{ErrorCode::kNotFound, "'" + options.path +
                                           "' has no retention rules; set some: replicafs "
                                           "container retention set " +
                                           options.path + " --keep-days 30"};
  using Mode = RetentionPassOptions::Mode;
  std::optional<FileLock> lock;
  if (!options.dry_run) {
    lock = TRY(AcquireRetention(account));
    if (!lock)
      return Error{ErrorCode::kBusy, "another process applies the retention of account '" +
                                         account.name() +
                                         "' at this moment: try again when it is done"};
  }
  Progress progress("retention", context.output);
  const RetentionPassOptions pass{
      .container = container.info.name,
      .mode = options.dry_run ? Mode::kDryRun : Mode::kApply,
      .progress = [&](const RetentionReport& report, const std::string& name) {
        progress.Update(report.blobs, 0, name);
      }};
  const RetentionReport report = TRY(RunRetentionPass(account, SystemClock(), pass));
  progress.Finish();
  if (!context.json()) {
    PrintReport(report, options.dry_run);
    return ExitCode::kOk;
  }
  PrintJson({{"dryRun", options.dry_run},
             {"blobs", report.blobs},
             {"deletedBlobs", report.ended_blobs},
             {"deletedVersions", report.removed_versions},
             {"deletedBytes", report.removed_bytes},
             {"movedVersions", report.moved_versions},
             {"heldVersions", report.held_versions},
             {"immutableVersions", report.immutable_versions}});
  return ExitCode::kOk;
}

}  // namespace

void AddContainerRetentionApply(CommandLine& line, CLI::App& group) {
  const auto options = std::make_shared<ApplyOptions>();
  CLI::App& command =
      line.Add(group,
               {.name = "apply",
                .sentence = "Applies the rules now; a mount does so when it starts and each hour.",
                .example = "replicafs container retention apply westus/photos --dry-run",
                .exit_codes = "5: there are no rules. 6: another process is at it."},
               [options](Context& context) { return Apply(context, *options); });
  command.add_option(kContainerPathText, options->path, "The container")->required();
  command.add_flag("--dry-run", options->dry_run, "Only count what would go");
}

}  // namespace replicafs
