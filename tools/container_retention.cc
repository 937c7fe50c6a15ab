// container retention set | show | clear | apply
#include <charconv>

#include "backend/base/clock.h"
#include "backend/retention/retention_pass.h"
#include "backend/retention/retention_rules.h"
#include "tools/container_command.h"
#include "tools/progress.h"

namespace replicafs {
namespace {

struct Target {
  OpenContainer container;
  std::string text;

  BlobStore& store() const { return container.account->store(); }
  const std::string& name() const { return container.info.name; }
};

Result<Target> FindTarget(Context& context, const std::string& text) {
  const AccountPath path = TRY(ParseContainerPath(text));
  OpenContainer container = TRY(OpenContainerAt(context.accounts, path));
  return Target{.container = std::move(container), .text = text};
}

Json ToJson(const std::string& container, const RetentionRules& rules) {
  const auto number = [](const std::optional<uint32_t>& value) {
    return value ? Json(*value) : Json(nullptr);
  };
  const auto& move = rules.move;
  return {{"container", container},
          {"keepVersions", number(rules.keep_versions)},
          {"keepDays", number(rules.keep_days)},
          {"tierAfterDays", move ? Json(move->after_days) : Json(nullptr)},
          {"tier", move ? Json(ToString(move->tier)) : Json(nullptr)}};
}

std::string Sentence(const RetentionRules& rules) {
  std::string keep;
  if (rules.keep_versions)
    keep = "the newest " + std::to_string(*rules.keep_versions) + " of each blob";
  if (rules.keep_days) {
    if (!keep.empty()) keep += ", and ";
    keep += "those of the last " + std::to_string(*rules.keep_days) + " days";
  }
  std::string text = "previous versions kept: " + (keep.empty() ? std::string("all") : keep) + "\n";
  if (rules.move)
    text += "moved to tier " + std::string(ToString(rules.move->tier)) + " after " +
            std::to_string(rules.move->after_days) + " days\n";
  return text;
}

struct SetOptions {
  std::string path;
  std::optional<uint32_t> keep_versions;
  std::optional<uint32_t> keep_days;
  std::string tier_after_days;
};

// "30:Cool".
Result<TierMove> ParseTierMove(const std::string& text) {
  TierMove move;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), move.after_days);
  const size_t used = static_cast<size_t>(end - text.data());
  const bool has_colon = error == std::errc() && used < text.size() && text[used] == ':';
  const auto tier = has_colon ? ParseTier(text.substr(used + 1)) : std::nullopt;
  if (!tier || *tier == Tier::kHot)
    return UsageError("--tier-after-days '" + text +
                      "' is not of the form DAYS:TIER, such as 30:Cool (Cool, Cold or Archive)");
  move.tier = *tier;
  return move;
}

Result<ExitCode> Set(Context& context, const SetOptions& options) {
  RetentionRules rules{.keep_versions = options.keep_versions, .keep_days = options.keep_days};
  if (!options.tier_after_days.empty()) rules.move = TRY(ParseTierMove(options.tier_after_days));
  if (rules.empty())
    return UsageError("say what to keep: --keep-versions, --keep-days, --tier-after-days");
  const Target target = TRY(FindTarget(context, options.path));
  TRY(SetRetention(target.store(), target.name(), rules));
  if (context.json()) {
    PrintJson(ToJson(target.text, rules));
  } else {
    PrintText(target.text + ": " + Sentence(rules));
  }
  return ExitCode::kOk;
}

Result<ExitCode> Show(Context& context, const std::string& path) {
  const Target target = TRY(FindTarget(context, path));
  const auto retention = TRY(ReadRetention(target.store(), target.name()));
  if (context.json()) {
    PrintJson(ToJson(target.text, retention ? retention->rules : RetentionRules()));
  } else if (!retention) {
    PrintText("no rules: every version is kept until it is deleted\n");
  } else {
    PrintText(Sentence(retention->rules));
  }
  return ExitCode::kOk;
}

Result<ExitCode> Clear(Context& context, const std::string& path) {
  const Target target = TRY(FindTarget(context, path));
  TRY(ClearRetention(target.store(), target.name()));
  if (context.json()) {
    PrintJson(ToJson(target.text, RetentionRules()));
  } else {
    PrintText("every version of " + target.text + " is kept from now on\n");
  }
  return ExitCode::kOk;
}

struct ApplyOptions {
  std::string path;
  bool dry_run = false;
};

void PrintReport(const RetentionReport& report, bool dry_run) {
  std::string text = dry_run ? "would delete " : "deleted ";
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
  const Target target = TRY(FindTarget(context, options.path));
  const auto retention = TRY(ReadRetention(target.store(), target.name()));
  if (!retention)
    return Error{ErrorCode::kNotFound, "'" + target.text +
                                           "' has no retention rules; set some: replicafs "
                                           "container retention set " +
                                           target.text + " --keep-days 30"};
  using Mode = RetentionPassOptions::Mode;
  std::optional<FileLock> lock;
  if (!options.dry_run) {
    lock = TRY(AcquireRetention(*target.container.account));
    if (!lock)
      return Error{ErrorCode::kBusy, "another process applies the retention of account '" +
                                         target.container.account->name() +
                                         "' at this moment: try again when it is done"};
  }
  Progress progress("retention", context.output);
  const RetentionPassOptions pass{
      .container = target.name(),
      .mode = options.dry_run ? Mode::kDryRun : Mode::kApply,
      .progress = [&](const RetentionReport& report, const std::string& name) {
        progress.Update(report.blobs, 0, name);
      }};
  const RetentionReport report =
      TRY(RunRetentionPass(*target.container.account, SystemClock(), pass));
  progress.Finish();
  if (!context.json()) {
    PrintReport(report, options.dry_run);
    return ExitCode::kOk;
  }
  PrintJson({{"dryRun", options.dry_run},
             {"blobs", report.blobs},
             {"deletedVersions", report.removed_versions},
             {"deletedBytes", report.removed_bytes},
             {"movedVersions", report.moved_versions},
             {"heldVersions", report.held_versions},
             {"immutableVersions", report.immutable_versions}});
  return ExitCode::kOk;
}

void AddSet(CommandLine& line, CLI::App& group) {
  const auto options = std::make_shared<SetOptions>();
  CLI::App& command = line.Add(
      group,
      {.name = "set",
       .sentence = "Says which previous versions are kept. One is deleted for good when each rule "
                   "of keeping that is given lets it go; its age counts from when it was replaced "
                   "or removed. Replaces what was set before.",
       .example = "replicafs container retention set westus/photos --keep-versions 10 --keep-days "
                  "30\n"
                  "  replicafs container retention set westus/photos --tier-after-days 30:Cool",
       .exit_codes = {}},
      [options](Context& context) { return Set(context, *options); });
  command.add_option(kContainerPathText, options->path, "The container")->required();
  command.add_option("--keep-versions", options->keep_versions, "The newest N of each blob")
      ->type_name("N");
  command.add_option("--keep-days", options->keep_days, "Those that are younger than D days")
      ->type_name("D");
  command
      .add_option("--tier-after-days", options->tier_after_days,
                  "Move what is kept and older to Cool, Cold or Archive")
      ->type_name("D:TIER");
}

void AddApply(CommandLine& line, CLI::App& group) {
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

}  // namespace

void AddContainerRetention(CommandLine& line, CLI::App& container_group) {
  CLI::App& group =
      line.Group(container_group, "retention", "How long previous versions are kept.");
  AddSet(line, group);
  AddContainerCommand(line, group,
                      {.name = "show",
                       .sentence = "Prints the rules of a container.",
                       .example = "replicafs container retention show westus/photos",
                       .exit_codes = {}},
                      Show);
  AddContainerCommand(line, group,
                      {.name = "clear",
                       .sentence = "Removes the rules: every version is kept.",
                       .example = "replicafs container retention clear westus/photos",
                       .exit_codes = {}},
                      Clear);
  AddApply(line, group);
}

}  // namespace replicafs
