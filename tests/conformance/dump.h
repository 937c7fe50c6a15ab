// Everything that can be seen of an account, as text that two accounts can be compared by.
#pragma once

#include <string>

#include "backend/blob/account.h"

namespace replicafs {

// Version ids, etags, file ids and times differ between stores: they stand in the text as the order
// in which they appear.
std::string Dump(Account& account);

}  // namespace replicafs
