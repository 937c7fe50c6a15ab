// versions restore PATH VERSION | PATH --at TIME
#include "backend/base/clock.h"
#include "tools/moment.h"
#include "tools/restore_at.h"
#include "tools/versions_target.h"

namespace replicafs {
namespace {

struct Options {
  std::string path;
  std::string version;
  std::string at;
  bool dry_run = false;
};

// The new version, or the old one when that is the current one already.
Result<VersionId> MakeCurrent(const VersionsTarget& target, VersionId version) {
  const BlobInfo info = TRY(VersionOf(target, version));
  if (info.is_current) return info.version;
  CommitBlob commit;
  commit.path = target.blob;
  commit.content = ContentOf{.path = target.blob, .version = version};
  commit.properties = info.properties;
  const Outcome outcome = TRY(ApplyOne(target.store(), std::move(commit), 0));
  return outcome.version;
}

Result<ExitCode> RestoreVersion(Context& context, const Options& options) {
  const VersionId version = TRY(ParseVersionArgument(options.version));
  const VersionsTarget target = TRY(FindBlobTarget(context, options.path));
  TRY(RefuseRestore(target));
  const VersionId current = TRY(MakeCurrent(target, version));
  if (context.json()) {
    PrintJson({{"restored", ToString(version)}, {"version", ToString(current)}});
  } else if (current == version) {
    PrintText(ToString(version) + " is the current version already\n");
  } else {
    PrintText("restored " + ToString(version) + " as version " + ToString(current) + "\n");
  }
  return ExitCode::kOk;
}

std::string_view KindText(RestoreKind kind, bool dry_run) {
  if (kind == RestoreKind::kRemoved) return dry_run ? "would remove" : "removed";
  return dry_run ? "would restore" : "restored";
}

Json StepJson(const RestoreStep& step) {
  const bool restored = step.kind == RestoreKind::kRestored;
  return {{"name", step.path.name},
          {"change", restored ? "restore" : "remove"},
          {"version", restored ? Json(ToString(step.version)) : Json(nullptr)},
          {"bytes", step.size_bytes},
          {"exact", step.exact}};
}

void PrintStep(const RestoreStep& step) {
  std::string line(KindText(step.kind, true));
  line += " " + Printable(step.path.name);
  if (step.kind == RestoreKind::kRestored) line += "  " + ToString(step.version);
  if (!step.exact) line += "  (nearest version that is kept)";
  PrintText(line + "\n");
}

void PrintReport(const RestoreReport& report, const VersionsTarget& target, bool dry_run) {
  const auto word = [dry_run](RestoreKind kind) { return std::string(KindText(kind, dry_run)); };
  PrintText(Printable(target.text) + " at " + ToString(report.moment) + ": " +
            word(RestoreKind::kRestored) + " " + std::to_string(report.restored) + " blobs, " +
            word(RestoreKind::kRemoved) + " " + std::to_string(report.removed) + ", untouched " +
            std::to_string(report.untouched) + "\n");
  if (report.inexact > 0)
    PrintText("the versions of that moment of " + std::to_string(report.inexact) +
              " blobs are not kept any more: the nearest ones stand for them\n");
}

Result<ExitCode> RestoreMoment(Context& context, const Options& options) {
  const Timestamp moment = TRY(ParseMoment("--at", options.at, SystemClock().Now()));
  const VersionsTarget target = TRY(FindContainerTarget(context, options.path));
  TRY(RefuseRestore(target));
  Json changes = Json::array();
  const RestoreReport report = TRY(RestoreAt(target, {.moment = moment,
                                                      .dry_run = options.dry_run,
                                                      .output = context.output,
                                                      .planned = [&](const RestoreStep& step) {
                                                        if (!options.dry_run) return;
                                                        if (context.json()) {
                                                          changes.push_back(StepJson(step));
                                                        } else {
                                                          PrintStep(step);
                                                        }
                                                      }}));
  if (!context.json()) {
    PrintReport(report, target, options.dry_run);
    return ExitCode::kOk;
  }
  Json document = {{"at", ToString(report.moment)}, {"dryRun", options.dry_run},
                   {"restored", report.restored},   {"removed", report.removed},
                   {"untouched", report.untouched}, {"inexact", report.inexact}};
  if (options.dry_run) document["changes"] = std::move(changes);
  PrintJson(document);
  return ExitCode::kOk;
}

Result<ExitCode> Restore(Context& context, const Options& options) {
  if (options.version.empty() == options.at.empty())
    return UsageError("say what to restore: a VERSION-ID, or --at TIME (see --help)");
  if (!options.at.empty()) return RestoreMoment(context, options);
  if (options.dry_run) return UsageError("--dry-run goes with --at");
  return RestoreVersion(context, options);
}

}  // namespace

void AddVersionsRestore(CommandLine& line, CLI::App& group) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = line.Add(
      group,
      {.name = "restore",
       .sentence = "Makes an old version current again, or all below PATH what it was at a moment; "
                   "no data moves.",
       .example = "replicafs versions restore westus/photos/cat.jpg 2026-11-20T20:31:07.1234567Z\n"
                  "  replicafs versions restore westus/photos/2026 --at -2h --dry-run\n"
                  "  replicafs versions restore westus/photos --at 2026-11-20T18:00:00Z",
       .exit_codes = "6: the container is a destination."},
      [options](Context& context) { return Restore(context, *options); });
  command
      .add_option("PATH", options->path,
                  "ACCOUNT/CONTAINER[/NAME], or a path below a mount; with --at this blob and all "
                  "below it")
      ->required();
  command.add_option("VERSION-ID", options->version, "As `versions list` prints it");
  command.add_option("--at", options->at, kMomentText)->type_name("TIME");
  command.add_flag("--dry-run", options->dry_run, "With --at: list what would change");
}

}  // namespace replicafs
