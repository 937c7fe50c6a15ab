// blob put
#include <fcntl.h>
#include <unistd.h>

#include "backend/base/unique_fd.h"
#include "tools/blob_content.h"
#include "tools/blob_target.h"
#include "tools/key_file.h"

namespace replicafs {
namespace {

struct PutOptions {
  std::string path;
  std::string file = "-";
  std::string kind = "block";
  std::string content_type;
  std::string key_file;
};

Result<StagedFile> ReadInput(Context& context, BlobStore& store, const PutOptions& options) {
  const ContentKeyPtr key = TRY(ReadKeyFileIfNamed(options.key_file));
  Progress progress("storing", context.output);
  if (options.file == "-")
    return StageFile(store, {.fd = STDIN_FILENO, .name = "standard input", .key = key}, progress);
  const UniqueFd fd = TRY(OpenFile(options.file, O_RDONLY));
  return StageFile(store, {.fd = fd.get(), .name = options.file, .key = key}, progress);
}

Result<ExitCode> Put(Context& context, const PutOptions& options) {
  const auto kind = ParseBlobKind(options.kind);
  if (!kind)
    return UsageError("'" + options.kind + "' is no kind of blob: write block, append or page");
  VersionsTarget target = TRY(FindBlobTarget(context, options.path));
  CommitBlob commit{.path = target.blob, .kind = *kind};
  commit.properties.headers.content_type = options.content_type;
  StagedFile staged = TRY(ReadInput(context, target.store(), options));
  commit.content = std::move(staged.content);
  commit.encryption = std::move(staged.encryption);
  auto committed = ApplyOne(target.store(), std::move(commit), 0);
  if (!committed) return std::move(committed).error().Within("'" + target.text + "'");
  const BlobInfo info = TRY(VersionOf(target, committed->version));
  PrintBlob(context, target, info);
  return ExitCode::kOk;
}

}  // namespace

void AddBlobPut(CommandLine& line, CLI::App& blob_group) {
  const auto options = std::make_shared<PutOptions>();
  CLI::App& command =
      line.Add(blob_group,
               {.name = "put",
                .sentence = "Stores a file, or what comes from standard input, as the current "
                            "version of a blob; what was there stays as a version. Append and page "
                            "blobs can be read through a mount, not written, and are not "
                            "replicated.",
                .example = "replicafs blob put westus/logs/app.log app.log --kind append",
                .exit_codes = "6: the blob is of another kind, a destination, or protected."},
               [options](Context& context) { return Put(context, *options); });
  command.add_option("PATH", options->path, kBlobPathText)->required();
  command.add_option("FILE", options->file, "What to store; - is standard input (the default)");
  command.add_option(
      "--kind", options->kind,
      "block (the default), append or page; a blob keeps it for as long as it lives");
  command.add_option("--key-file", options->key_file,
                     std::string(kKeyFileText) +
                         ". The content is encrypted with it, not the properties. The key is not "
                         "kept: without it nobody reads the blob again");
  command.add_option("--content-type", options->content_type, "Such as image/jpeg");
}

}  // namespace replicafs
