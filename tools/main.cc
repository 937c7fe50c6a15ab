#include "tools/command.h"

int main(int argc, char** argv) {
  replicafs::CommandLine line;
  replicafs::AddAccountCommands(line);
  replicafs::AddContainerCommands(line);
  replicafs::AddBlobCommands(line);
  replicafs::AddPolicyCommands(line);
  replicafs::AddReplicationCommands(line);
  replicafs::AddVersionsCommands(line);
  replicafs::AddJournalCommands(line);
  replicafs::AddMountCommand(line);
  replicafs::AddUmountCommand(line);
  return static_cast<int>(line.Run(argc, argv));
}
