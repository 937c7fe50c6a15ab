// blob legal-hold set | clear
#include "tools/blob_target.h"

namespace replicafs {
namespace {

enum class Hold { kSet, kClear };

void AddHold(CommandLine& line, CLI::App& group, const CommandHelp& help, Hold hold) {
  const auto options = std::make_shared<BlobOptions>();
  CLI::App& command = line.Add(group, help, [options, hold](Context& context) -> Result<ExitCode> {
    const BlobTarget blob = TRY(FindBlob(context, *options));
    return ChangeBlob(context, blob,
                      SetLegalHold{blob.target.blob, blob.info.version, hold == Hold::kSet});
  });
  AddBlobOptions(command, *options);
}

}  // namespace

void AddBlobLegalHold(CommandLine& line, CLI::App& blob_group) {
  CLI::App& group =
      line.Group(blob_group, "legal-hold", "A hold that keeps a version until it is cleared.");
  AddHold(line, group,
          {.name = "set",
           .sentence = "Puts a version under legal hold: it can neither be changed nor deleted.",
           .example = "replicafs blob legal-hold set westus/records/a.pdf",
           .exit_codes = {}},
          Hold::kSet);
  AddHold(line, group,
          {.name = "clear",
           .sentence = "Clears a version's legal hold.",
           .example = "replicafs blob legal-hold clear westus/records/a.pdf",
           .exit_codes = {}},
          Hold::kClear);
}

}  // namespace replicafs
