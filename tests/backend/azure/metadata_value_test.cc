#include "backend/azure/metadata_value.h"

#include <gtest/gtest.h>

namespace replicafs::azure {
namespace {

TEST(MetadataValue, PrintableAsciiThenAsItIs) {
  for (const char* value :
       {"x", "a b", "100644", "=?utf-8?Q?x?=", "=?utf-8?B?not base64?=", "a=?b"})
    EXPECT_EQ(EncodeMetadataValue(value), value);
}

TEST(MetadataValue, AnyThenAHeaderAndBack) {
  for (const std::string& value :
       {std::string(), std::string(" "), std::string("a  b"), std::string("ends "),
        std::string("\ttab"), std::string("grün"), std::string("a\nb"), std::string("\0", 1),
        std::string("\xff\xfe"), std::string("=?utf-8?B?eA==?="),
        std::string("=?UTF-8?b?eA==?=")}) {
    const std::string header = EncodeMetadataValue(value);
    for (const char c : header) EXPECT_TRUE(c > 0x20 && c < 0x7F) << header;
    EXPECT_EQ(DecodeMetadataValue(header), value);
  }
  EXPECT_EQ(EncodeMetadataValue("grün"), "=?utf-8?B?Z3LDvG4=?=");
}

}  // namespace
}  // namespace replicafs::azure
