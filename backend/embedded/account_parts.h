// What an open embedded account is made of, in the order in which it ends backwards.
#pragma once

#include <memory>
#include <string>

#include "backend/embedded/block_files.h"
#include "backend/embedded/block_reader.h"
#include "backend/embedded/embedded_journal.h"
#include "backend/embedded/embedded_store.h"
#include "backend/embedded/garbage.h"
#include "backend/embedded/pins.h"
#include "backend/embedded/presence.h"
#include "backend/embedded/reserve.h"
#include "backend/embedded/schema.h"
#include "backend/lmdb/environment.h"

namespace replicafs::embedded {

struct AccountParts {
  AccountParts(const std::string& directory, std::unique_ptr<lmdb::Environment> opened,
               Presence entered, const Tables& opened_tables, const Clock& the_clock,
               uint64_t inline_max_bytes, uint64_t reserve_bytes, OpenAtService open_at_service = {})
      : environment(std::move(opened)),
        presence(std::move(entered)),
        tables(opened_tables),
        clock(the_clock),
        files(directory, clock),
        reader(files),
        reserve(directory, reserve_bytes),
        journal(*environment, tables),
        store({directory, *environment, tables, files, reader, pins, journal, reserve, clock,
               std::move(open_at_service)},
              inline_max_bytes),
        garbage(*environment, tables, files, pins, reserve, clock) {}

  const std::unique_ptr<lmdb::Environment> environment;
  const Presence presence;
  const Tables tables;
  const Clock& clock;
  BlockFiles files;
  BlockReader reader;
  Reserve reserve;
  Pins pins;
  EmbeddedJournal journal;
  EmbeddedStore store;
  GarbageCollector garbage;
};

}  // namespace replicafs::embedded
