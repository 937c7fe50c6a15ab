#include "cache/dirty_file.h"

#include <utility>

#include "cache/dirty_file_state.h"

namespace replicafs {

DirtyFile::DirtyFile(BlobStore& store, WritePool& pool, std::shared_ptr<BlobReader> base)
    : state_(std::make_shared<DirtyFileState>(store, *pool.state_, std::move(base))) {}

DirtyFile::~DirtyFile() {
  state_->Close();
}

uint64_t DirtyFile::size_bytes() const {
  return state_->size_bytes();
}

bool DirtyFile::dirty() const {
  return state_->dirty();
}

Status DirtyFile::Write(uint64_t offset, ByteSpan bytes) {
  return state_->Write(offset, bytes);
}

Result<size_t> DirtyFile::Read(uint64_t offset, std::span<std::byte> into) {
  return state_->Read(offset, into);
}

Status DirtyFile::Truncate(uint64_t size_bytes) {
  return state_->Truncate(size_bytes);
}

Status DirtyFile::Zero(uint64_t offset, uint64_t length) {
  return state_->Zero(offset, length);
}

Status DirtyFile::Share(uint64_t offset, std::span<const BlockRef> blocks) {
  return state_->Share(offset, blocks);
}

std::optional<uint64_t> DirtyFile::Find(Extent what, uint64_t offset) const {
  return state_->Find(what, offset);
}

Result<Content> DirtyFile::MakeContent() {
  return state_->MakeContent();
}

Status DirtyFile::Rebase(std::shared_ptr<BlobReader> base) {
  return state_->Rebase(std::move(base));
}

}  // namespace replicafs
