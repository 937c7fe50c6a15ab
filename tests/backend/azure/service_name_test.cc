#include "backend/azure/service_name.h"

#include <gtest/gtest.h>

#include <random>

namespace replicafs::azure {
namespace {

TEST(ServiceName, OrdinaryNamesThenTheSame) {
  for (const char* name : {"a/b.txt", "Grüße/%41+ .", "日本/🚀"}) {
    EXPECT_EQ(ServiceName(name), name);
    EXPECT_EQ(LocalName(name), name);
  }
}

TEST(ServiceName, RefusedCharactersThenLookAlikes) {
  EXPECT_EQ(ServiceName("tab\there\\\x7F"), "tab␉here＼␡");
  EXPECT_EQ(LocalName("tab␉here＼␡"), "tab\there\\\x7F");
}

TEST(ServiceName, LookAlikesThemselvesThenQuoted) {
  EXPECT_EQ(ServiceName("␉"), "‛␉");
  EXPECT_EQ(LocalName("‛␉"), "␉");
  EXPECT_EQ(ServiceName("‛"), "‛‛");
  EXPECT_EQ(LocalName("‛‛"), "‛");
}

TEST(ServiceName, QuoteBeforeSomethingElseThenNoName) {
  EXPECT_EQ(LocalName("‛a"), std::nullopt);
}

TEST(ServiceName, AnyMixtureThenItComesBack) {
  const char* parts[] = {"a", "/", "\t", "\x1F", "\\",           "\x7F", "‛",
                         "␉", "␡", "＼", "␢",    "\xEF\xBF\xBE", "é"};
  std::mt19937 random(7);
  for (int i = 0; i < 2000; ++i) {
    std::string name;
    for (int k = 0; k < 6; ++k) name += parts[random() % std::size(parts)];
    EXPECT_EQ(LocalName(ServiceName(name)), name);
  }
}

}  // namespace
}  // namespace replicafs::azure
