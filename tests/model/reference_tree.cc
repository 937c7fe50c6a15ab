#include "tests/model/reference_tree.h"

#include <algorithm>
#include <utility>

namespace replicafs {
namespace {

Error Fail(ErrorCode code) {
  return Error{code, "as POSIX has it"};
}

using Type = ReferenceFile::Type;

}  // namespace

ReferenceTree::ReferenceTree() {
  auto root = std::make_shared<ReferenceFile>();
  root->type = Type::kDirectory;
  root->linked = true;
  files_.emplace("", std::move(root));
}

ReferenceTree::FilePtr ReferenceTree::Find(const std::string& path) const {
  const auto found = files_.find(path);
  return found == files_.end() ? nullptr : found->second;
}

std::vector<std::string> ReferenceTree::Children(const std::string& path) const {
  const std::string prefix = path.empty() ? "" : path + "/";
  std::vector<std::string> names;
  for (const auto& [other, file] : files_) {
    if (other.size() > prefix.size() && other.starts_with(prefix) &&
        other.find('/', prefix.size()) == std::string::npos) {
      names.push_back(other.substr(prefix.size()));
    }
  }
  return names;
}

Status ReferenceTree::CheckParent(const std::string& path) const {
  // The first component that is no directory decides.
  for (size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    const FilePtr above = Find(path.substr(0, slash));
    if (above == nullptr) return Fail(ErrorCode::kNotFound);
    if (above->type != Type::kDirectory) return Fail(ErrorCode::kNotDirectory);
  }
  return Ok();
}

Status ReferenceTree::Add(const std::string& path, Type type, FileContents contents) {
  TRY(CheckParent(path));
  if (Find(path) != nullptr) return Fail(ErrorCode::kExists);
  auto file = std::make_shared<ReferenceFile>();
  file->type = type;
  file->now = contents;
  file->saved = std::move(contents);
  file->linked = true;
  file->path = path;
  files_.emplace(path, std::move(file));
  return Ok();
}

Status ReferenceTree::Unlink(const std::string& path) {
  TRY(CheckParent(path));
  const FilePtr file = Find(path);
  if (file == nullptr) return Fail(ErrorCode::kNotFound);
  if (file->type == Type::kDirectory) return Fail(ErrorCode::kIsDirectory);
  Erase(path);
  return Ok();
}

Status ReferenceTree::Rmdir(const std::string& path) {
  TRY(CheckParent(path));
  const FilePtr file = Find(path);
  if (file == nullptr) return Fail(ErrorCode::kNotFound);
  if (file->type != Type::kDirectory) return Fail(ErrorCode::kNotDirectory);
  if (!Children(path).empty()) return Fail(ErrorCode::kNotEmpty);
  Erase(path);
  return Ok();
}

Status ReferenceTree::Rename(const std::string& from, const std::string& to, Replace replace) {
  TRY(CheckParent(from));
  TRY(CheckParent(to));
  const FilePtr source = Find(from);
  if (source == nullptr) return Fail(ErrorCode::kNotFound);
  const bool is_directory = source->type == Type::kDirectory;
  if (is_directory && to.starts_with(from + "/")) return Fail(ErrorCode::kInvalid);
  const FilePtr target = Find(to);
  if (target != nullptr) {
    if (replace == Replace::kNo) return Fail(ErrorCode::kExists);
    if (from == to) return Ok();
    const bool onto_directory = target->type == Type::kDirectory;
    if (is_directory && !onto_directory) return Fail(ErrorCode::kNotDirectory);
    if (!is_directory && onto_directory) return Fail(ErrorCode::kIsDirectory);
    if (onto_directory && !Children(to).empty()) return Fail(ErrorCode::kNotEmpty);
    Erase(to);
  }
  Give(to, Take(from));
  return Ok();
}

Status ReferenceTree::Exchange(const std::string& first, const std::string& second) {
  TRY(CheckParent(first));
  TRY(CheckParent(second));
  if (Find(first) == nullptr || Find(second) == nullptr) return Fail(ErrorCode::kNotFound);
  if (first == second) return Ok();
  if (first.starts_with(second + "/") || second.starts_with(first + "/"))
    return Fail(ErrorCode::kInvalid);
  const auto one = Take(first);
  const auto other = Take(second);
  Give(second, one);
  Give(first, other);
  return Ok();
}

std::map<std::string, ReferenceTree::FilePtr> ReferenceTree::Take(const std::string& path) {
  std::map<std::string, FilePtr> taken;
  for (auto at = files_.lower_bound(path); at != files_.end();) {
    if (at->first == path || at->first.starts_with(path + "/")) {
      taken.emplace(at->first.substr(path.size()), at->second);
      at = files_.erase(at);
    } else {
      ++at;
    }
  }
  return taken;
}

void ReferenceTree::Give(const std::string& path, const std::map<std::string, FilePtr>& files) {
  for (const auto& [rest, file] : files) {
    file->path = path + rest;
    ++file->generation;
    files_.emplace(file->path, file);
  }
}

void ReferenceTree::Forget(const FilePtr& file) {
  if (file->linked) Erase(file->path);
}

void ReferenceTree::Erase(const std::string& path) {
  const auto at = files_.find(path);
  at->second->linked = false;
  ++at->second->generation;
  files_.erase(at);
}

}  // namespace replicafs
