#include "tools/command.h"

int main(int argc, char** argv) {
  replicafs::CommandLine line;
  replicafs::AddAccountCommands(line);
  replicafs::AddContainerCommands(line);
  replicafs::AddMountCommand(line);
  replicafs::AddUmountCommand(line);
  return static_cast<int>(line.Run(argc, argv));
}
