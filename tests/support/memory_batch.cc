#include "tests/support/memory_batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "backend/blob/account_settings.h"

namespace replicafs {

std::string EtagAt(Timestamp time) {
  return fmt::format("\"0x{:X}\"", time.ticks);
}

Result<std::vector<Outcome>> MemoryBatch::Apply(const std::vector<Mutation>& mutations) {
  for (const Mutation& mutation : mutations) TRY(Validate(mutation));
  const size_t first_event = state_.events.size();
  undo_.push_back(
      [this, first_event, last_ticks = state_.last_ticks, last_file_id = state_.last_file_id] {
        state_.events.resize(first_event);
        state_.last_ticks = last_ticks;
        state_.last_file_id = last_file_id;
      });
  FindMoves(mutations);
  std::vector<Outcome> outcomes;
  for (const Mutation& mutation : mutations) {
    auto outcome = std::visit([this](const auto& change) { return Do(change); }, mutation);
    if (!outcome) {
      Undo();
      return std::move(outcome).error();
    }
    outcomes.push_back(*outcome);
  }
  RemoveUnkept();
  for (size_t i = first_event; i < state_.events.size(); ++i)
    state_.events[i].group_end = state_.events.size();
  return outcomes;
}

void MemoryBatch::NoteEnded(const MemoryContainer& container, const BlobInfo& version) {
  const auto row = state_.rows.find(kSettingsKey);
  if (row == state_.rows.end()) return;
  const auto settings = ParseSettings(row->second);
  if (settings && !settings->Keeps(version.version))
    unkept_.push_back({{container.info.name, version.name}, version.version});
}

void MemoryBatch::RemoveUnkept() {
  for (const RemoveVersion& removal : unkept_) {
    // It may have gone with its container, or by the list itself.
    if (state_.Version(removal.path, removal.version)) static_cast<void>(Do(removal).has_value());
  }
}

Result<MemoryContainer*> MemoryBatch::Container(std::string_view name) {
  TRY(state_.Container(name));
  return &state_.containers.find(name)->second;
}

Outcome MemoryBatch::Record(Event event) {
  event.sequence = state_.events.size() + 1;
  event.writer = writer_;
  if (event.time.ticks == 0) event.time = NextTick();
  Outcome outcome{.version = event.version, .sequence = event.sequence};
  state_.events.push_back(std::move(event));
  return outcome;
}

Timestamp MemoryBatch::NextTick() {
  state_.last_ticks = std::max(clock_.Now().ticks, state_.last_ticks + 1);
  return Timestamp{state_.last_ticks};
}

void MemoryBatch::Undo() {
  while (!undo_.empty()) {
    undo_.back()();
    undo_.pop_back();
  }
}

}  // namespace replicafs
