#include "tests/model/observed_tree.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

namespace replicafs {
namespace {

using Type = ReferenceFile::Type;

Type TypeOf(mode_t mode) {
  if (S_ISDIR(mode)) return Type::kDirectory;
  return S_ISLNK(mode) ? Type::kSymlink : Type::kFile;
}

Result<std::string> ReadLink(PathCalls& mount, const std::string& path) {
  const NodeId node = TRY(mount.Walk(path));
  return mount.fs().ReadSymlink(node);
}

Result<ObservedFile> ObserveFile(PathCalls& mount, const std::string& path) {
  const Attributes attributes = TRY(mount.Stat(path));
  ObservedFile file{.type = TypeOf(attributes.mode),
                    .size_bytes = attributes.size_bytes,
                    .links = attributes.links};
  file.contents.mode = attributes.mode & 07777;
  file.contents.mtime_ns = attributes.mtime_ns;
  if (file.type == Type::kFile) file.contents.bytes = TRY(mount.ReadFile(path));
  if (file.type == Type::kSymlink) {
    file.contents.bytes = TRY(ReadLink(mount, path));
    return file;
  }
  const auto names = TRY(mount.ListXattrs(path));
  for (const std::string& name : names) {
    if (name.starts_with("user.x")) file.contents.xattrs[name] = TRY(mount.GetXattr(path, name));
  }
  return file;
}

Status ObserveBelow(PathCalls& mount, const std::string& directory, ObservedTree& tree) {
  const auto names = TRY(mount.List(directory));
  for (const std::string& name : names) {
    const std::string path = directory.empty() ? name : directory + "/" + name;
    ObservedFile file = TRY(ObserveFile(mount, path));
    const bool is_directory = file.type == Type::kDirectory;
    if (!tree.emplace(path, std::move(file)).second)
      return Error{ErrorCode::kExists, "'" + path + "' is listed twice"};
    if (is_directory) TRY(ObserveBelow(mount, path, tree));
  }
  return Ok();
}

uint32_t ExpectedLinks(const ExpectedTree& tree, const std::string& directory) {
  uint32_t links = 2;
  for (auto at = tree.upper_bound(directory + "/");
       at != tree.end() && at->first.starts_with(directory + "/"); ++at) {
    const bool is_child = at->first.find('/', directory.size() + 1) == std::string::npos;
    if (is_child && at->second.type == Type::kDirectory) ++links;
  }
  return links;
}

}  // namespace

Result<ObservedTree> Observe(PathCalls& mount) {
  ObservedTree tree;
  TRY(ObserveBelow(mount, "", tree));
  return tree;
}

Result<std::vector<std::string>> ObserveVersions(PathCalls& mount, const std::string& path) {
  std::vector<std::string> versions;
  const std::string directory = ".versions/" + path;
  auto listed = mount.List(directory);
  if (!listed && listed.error().code == ErrorCode::kNotFound) return versions;
  const auto names = TRY(std::move(listed));
  for (const std::string& name : names) {
    const std::string version = directory + "/" + name;
    const Attributes attributes = TRY(mount.Stat(version));
    if (S_ISDIR(attributes.mode)) continue;
    const bool is_link = S_ISLNK(attributes.mode);
    std::string bytes = TRY(is_link ? ReadLink(mount, version) : mount.ReadFile(version));
    if (bytes.size() != attributes.size_bytes)
      return Error{ErrorCode::kCorrupt, "'" + version + "' has another size than it shows"};
    versions.push_back(std::move(bytes));
  }
  std::reverse(versions.begin(), versions.end());
  return versions;
}

ExpectedTree ExpectedOf(const ReferenceTree& tree, View view) {
  ExpectedTree expected;
  for (const auto& [path, file] : tree.files()) {
    if (path.empty() || (view == View::kOthers && !file->saved)) continue;
    ExpectedFile& one = expected[path];
    one.type = file->type;
    one.contents = view == View::kOwn ? &file->now : &*file->saved;
    if (view == View::kOthers && file->dirty) one.other_attributes = &file->now;
  }
  return expected;
}

std::optional<std::string> Difference(const ExpectedFile& expected, const ObservedFile& observed) {
  const FileContents& want = *expected.contents;
  const FileContents& got = observed.contents;
  if (observed.type != expected.type) return "has another type";
  if (got.bytes != want.bytes) {
    const auto differ =
        std::mismatch(got.bytes.begin(), got.bytes.end(), want.bytes.begin(), want.bytes.end());
    return fmt::format("has {} bytes, expected {}, equal up to {}", got.bytes.size(),
                       want.bytes.size(), differ.first - got.bytes.begin());
  }
  if (expected.type != Type::kDirectory && observed.size_bytes != want.bytes.size())
    return fmt::format("shows {} bytes, expected {}", observed.size_bytes, want.bytes.size());
  const bool attributes_differ = got.mode != want.mode || got.xattrs != want.xattrs;
  const FileContents* other = expected.other_attributes;
  if (attributes_differ && other == nullptr)
    return fmt::format("has mode {:o} and {} attributes, expected {:o} and {}", got.mode,
                       got.xattrs.size(), want.mode, want.xattrs.size());
  if (other == nullptr && want.mtime_ns && got.mtime_ns != want.mtime_ns)
    return fmt::format("has mtime {}, expected {}", *got.mtime_ns, *want.mtime_ns);
  return std::nullopt;
}

std::optional<std::string> Difference(const ExpectedTree& expected, const ObservedTree& observed,
                                      std::vector<std::string>& extra) {
  for (const auto& [path, file] : expected) {
    const auto found = observed.find(path);
    if (found == observed.end()) return "'" + path + "' is missing";
    if (const auto difference = Difference(file, found->second))
      return "'" + path + "' " + *difference;
    if (file.type == Type::kDirectory && found->second.links != ExpectedLinks(expected, path))
      return fmt::format("'{}' has {} links, expected {}", path, found->second.links,
                         ExpectedLinks(expected, path));
  }
  for (const auto& [path, file] : observed) {
    if (!expected.contains(path)) extra.push_back(path);
  }
  return std::nullopt;
}

}  // namespace replicafs
