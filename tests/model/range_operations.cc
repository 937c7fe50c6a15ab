#include <fmt/format.h>

#include <algorithm>

#include "tests/model/model.h"
#include "tests/model/operations.h"

namespace replicafs {

void AllocateSome(Model& model) {
  ModelHandle* handle = model.RandomHandle();
  if (handle == nullptr || !handle->can_write) return;
  Random& random = model.random;
  std::string content = handle->file->now.bytes;
  const RangeChange change{.offset = random.Below(content.size() + 300),
                           .length = 1 + random.Below(random.OneIn(5) ? 100'000 : 300),
                           .zeros = !random.OneIn(3),
                           .keeps_size = random.OneIn(2)};
  const uint64_t end = change.offset + change.length;
  if (!change.keeps_size && content.size() < end) content.resize(end, '\0');
  if (change.zeros && change.offset < content.size()) {
    const uint64_t size = std::min<uint64_t>(end, content.size()) - change.offset;
    content.replace(change.offset, size, size, '\0');
  }
  const bool differs = content != handle->file->now.bytes;
  if (differs || change.zeros) model.Written(*handle, std::move(content));
  model.Agree(model.mount().fs().Allocate(handle->id, change), Ok(),
              fmt::format("allocate({}, {}+{}{}{})", handle->id.value, change.offset, change.length,
                          change.zeros ? ", zeros" : "", change.keeps_size ? ", keep size" : ""));
}

void CopySome(Model& model) {
  const ModelHandle* from = model.RandomHandle();
  ModelHandle* to = model.RandomHandle();
  // The kernel refuses to copy into a handle that appends, and between overlapping ranges.
  if (from == nullptr || !from->can_read || !to->can_write || to->appends || from->file == to->file)
    return;
  Random& random = model.random;
  const std::string& source = from->file->now.bytes;
  CopyRequest request{
      .handle = from->id,
      .offset = random.OneIn(2) ? 0 : random.Below(source.size() + 10),
      .to_handle = to->id,
      .to_offset = random.OneIn(2) ? 0 : random.Below(to->file->now.bytes.size() + 100),
      .length = 1 + random.Below(random.OneIn(3) ? 300'000 : 400)};
  const std::string what =
      fmt::format("copy({}+{} of {}, {} at {})", request.offset, request.length, from->id.value,
                  to->id.value, request.to_offset);
  const std::string piece = request.offset < source.size()
                                ? source.substr(request.offset, request.length)
                                : std::string();
  if (!piece.empty()) {
    std::string content = to->file->now.bytes;
    const uint64_t end = request.to_offset + piece.size();
    if (content.size() < end) content.resize(end, '\0');
    content.replace(request.to_offset, piece.size(), piece);
    model.Written(*to, std::move(content));
  }
  uint64_t copied = 0;
  while (request.length > 0) {
    const auto size = model.mount().fs().Copy(request);
    if (!model.Agree(size, Ok(), what)) return;
    if (*size == 0) break;
    copied += *size;
    request.offset += *size;
    request.to_offset += *size;
    request.length -= *size;
  }
  if (copied != piece.size())
    model.Fail(fmt::format("copied {} bytes, expected {}", copied, piece.size()));
}

void FindSome(Model& model) {
  const ModelHandle* handle = model.RandomHandle();
  if (handle == nullptr || !handle->can_read || handle->file->now.bytes.empty()) return;
  const std::string& content = handle->file->now.bytes;
  const uint64_t offset = model.random.Below(content.size());
  const auto data = model.mount().fs().Find(handle->id, Extent::kData, offset);
  const std::string what = fmt::format("find data({}, {})", handle->id.value, offset);
  if (!model.Agree(data, Ok(), what)) return;
  // Holes may be shown as data, never data as a hole.
  const uint64_t begin = *data ? **data : content.size();
  if (begin < offset || begin > content.size()) return model.Fail(fmt::format("found {}", begin));
  if (content.find_first_not_of('\0', offset) < begin) return model.Fail("skipped data");
  const auto hole = model.mount().fs().Find(handle->id, Extent::kHole, offset);
  if (!model.Agree(hole, Ok(), fmt::format("find hole({}, {})", handle->id.value, offset))) return;
  if (!*hole || **hole < offset || **hole > content.size())
    return model.Fail("a file ends with a hole");
}

}  // namespace replicafs
