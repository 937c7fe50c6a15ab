// blob get
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <vector>

#include "backend/base/unique_fd.h"
#include "tools/blob_target.h"
#include "tools/key_file.h"
#include "tools/progress.h"

namespace replicafs {
namespace {

struct GetOptions {
  BlobOptions blob;
  std::string file = "-";
  std::string key_file;
  std::string snapshot;
};

Status WriteAll(int fd, ByteSpan bytes, const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t size = ::write(fd, bytes.data(), bytes.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return ErrnoError("write '" + name + "'", errno);
    bytes = bytes.subspan(static_cast<size_t>(size));
  }
  return Ok();
}

// `begin` gives the descriptor once the first bytes could be read.
template <class Begin>
Status Copy(BlobReader& reader, const std::string& name, Progress& progress, const Begin& begin) {
  constexpr size_t kStepBytes = size_t{4} << 20;
  std::vector<std::byte> buffer(kStepBytes);
  const uint64_t total = reader.info().size_bytes;
  int fd = -1;
  for (uint64_t offset = 0; offset < total || fd < 0;) {
    const size_t size = TRY(reader.ReadAt(offset, buffer));
    if (fd < 0) fd = TRY(begin());
    if (size == 0 && offset < total)
      return Error{ErrorCode::kCorrupt, "the content is shorter than its size"};
    TRY(WriteAll(fd, ByteSpan(buffer).first(size), name));
    progress.Update(offset += size, total);
  }
  return Ok();
}

// Where a chain of symbolic links ends, whether something is there or not.
Result<std::string> FollowLinks(std::string path) {
  constexpr int kLinksMax = 40;  // as the kernel's
  for (int links = 0; links < kLinksMax; ++links) {
    std::error_code error;
    const std::filesystem::path target = std::filesystem::read_symlink(path, error);
    if (error) return path;
    path = (std::filesystem::path(path).parent_path() / target).string();
  }
  return ErrnoError("follow '" + path + "'", ELOOP);
}

// A device, a pipe or whatever else takes bytes and has no content to replace.
Status WriteThrough(BlobReader& reader, const std::string& file, Progress& progress) {
  UniqueFd fd;
  return Copy(reader, file, progress, [&]() -> Result<int> {
    fd = TRY(OpenFile(file, O_WRONLY | O_NOCTTY));
    return fd.get();
  });
}

Status Replace(BlobReader& reader, const std::string& file, Progress& progress) {
  // What was encrypted is for its owner alone until somebody says otherwise.
  const mode_t mode = reader.info().key_sha256 ? 0600 : 0666;
  // Nobody finds half of it under the name.
  const std::string partial = file + ".part-" + std::to_string(::getpid());
  UniqueFd fd;
  const Status copied = Copy(reader, file, progress, [&]() -> Result<int> {
    fd = TRY(OpenFile(partial, O_WRONLY | O_CREAT | O_EXCL, mode));
    return fd.get();
  });
  if (copied && ::rename(partial.c_str(), file.c_str()) == 0) return Ok();
  const int rename_errno = errno;
  if (fd.valid()) ::unlink(partial.c_str());
  return copied ? ErrnoError("rename to '" + file + "'", rename_errno) : copied;
}

Status CopyToFile(BlobReader& reader, const std::string& file, Progress& progress) {
  struct stat stat {};
  if (::stat(file.c_str(), &stat) == 0 && !S_ISREG(stat.st_mode))
    return WriteThrough(reader, file, progress);
  const std::string target = TRY(FollowLinks(file));
  return Replace(reader, target, progress);
}

struct OpenBlob {
  VersionsTarget target;
  std::unique_ptr<BlobReader> reader;
};

Result<OpenBlob> OpenFor(Context& context, const GetOptions& options) {
  if (options.snapshot.empty()) {
    BlobTarget blob = TRY(FindBlob(context, options.blob));
    auto reader = TRY(blob.store().Open(blob.target.blob, blob.info.version));
    return OpenBlob{.target = std::move(blob.target), .reader = std::move(reader)};
  }
  if (!options.blob.version.empty()) return UsageError("say either --version or --snapshot");
  const VersionId snapshot = TRY(ParseVersionArgument(options.snapshot));
  VersionsTarget target = TRY(FindBlobTarget(context, options.blob.path));
  auto reader = TRY(target.store().OpenSnapshot(target.blob, snapshot));
  return OpenBlob{.target = std::move(target), .reader = std::move(reader)};
}

Result<ExitCode> Get(Context& context, const GetOptions& options) {
  ContentKeyPtr key = TRY(ReadKeyFileIfNamed(options.key_file));
  const OpenBlob open = TRY(OpenFor(context, options));
  BlobReader* reader = open.reader.get();
  if (key != nullptr) TRY(reader->UseKey(std::move(key)));
  if (options.file == "-") {
    Progress silent("reading", OutputFormat::kJson);
    TRY(Copy(*reader, "standard output", silent, []() -> Result<int> { return STDOUT_FILENO; }));
    return ExitCode::kOk;
  }
  Progress progress("reading", context.output);
  TRY(CopyToFile(*reader, options.file, progress));
  progress.Finish();
  if (context.json()) PrintBlob(context, open.target, reader->info());
  return ExitCode::kOk;
}

}  // namespace

void AddBlobGet(CommandLine& line, CLI::App& blob_group) {
  const auto options = std::make_shared<GetOptions>();
  CLI::App& command =
      line.Add(blob_group,
               {.name = "get",
                .sentence = "Writes a version's content to a file or to standard output.",
                .example = "replicafs blob get westus/records/a.pdf a.pdf --key-file ~/keys/a",
                .exit_codes = "6: it is archived, or encrypted with another key than is given."},
               [options](Context& context) { return Get(context, *options); });
  AddBlobOptions(command, options->blob);
  command.add_option("FILE", options->file,
                     "Where to; - is standard output (the default). A file is replaced when all is "
                     "read; a device or a pipe is written to");
  command.add_option("--snapshot", options->snapshot,
                     "Of a snapshot instead: its id, see: replicafs blob snapshot list");
  command.add_option("--key-file", options->key_file, kKeyFileText);
}

}  // namespace replicafs
