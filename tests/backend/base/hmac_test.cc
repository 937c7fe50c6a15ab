#include "backend/base/hmac.h"

#include <gtest/gtest.h>

#include <vector>

namespace replicafs {
namespace {

std::string Mac(std::string_view key, std::string_view text) {
  return ToHex(
      HmacSha256({reinterpret_cast<const uint8_t*>(key.data()), key.size()}, AsBytes(text)));
}

// RFC 4231, 4.3 and 4.7.
TEST(HmacSha256, ExamplesOfTheStandardThenItsMacs) {
  EXPECT_EQ(Mac("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(Mac(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HmacSha256, EmptyKeyAndTextThenTheirMac) {
  EXPECT_EQ(Mac("", ""), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

}  // namespace
}  // namespace replicafs
