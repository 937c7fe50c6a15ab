// fs/SEMANTICS.md, statement by statement: the tests carry its numbers.
#pragma once

#include "tests/support/file_system_fixture.h"
#include "tests/support/matchers.h"

namespace replicafs {

class Semantics : public ::testing::Test, public MountedFixture {};

}  // namespace replicafs
