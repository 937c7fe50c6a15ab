#include "backend/account/account_file.h"

#include "tests/support/matchers.h"

namespace replicafs {
namespace {

AccountDescriptor Example() {
  return {.name = "westus",
          .kind = "embedded",
          .tenant = "contoso",
          .region = "west \"us\"\n2",
          .directory = "/mnt/disk2/westus",
          .created = *ParseTimestamp("2026-11-20T20:31:07.1234567Z")};
}

TEST(AccountFile, WhatWasEncodedIsDecoded) {
  const AccountDescriptor account = Example();
  const auto decoded = Must(DecodeAccountFile(EncodeAccountFile(account, "/home"), "/home"));
  EXPECT_EQ(decoded.kind, account.kind);
  EXPECT_EQ(decoded.tenant, account.tenant);
  EXPECT_EQ(decoded.region, account.region);
  EXPECT_EQ(decoded.directory, account.directory);
  EXPECT_EQ(decoded.created, account.created);
}

TEST(AccountFile, DurabilityIsKeptAndCommitWhereNothingIsSaid) {
  AccountDescriptor account = Example();
  const std::string plain = EncodeAccountFile(account, "/home");
  account.durability = Durability::kRelaxed;
  const std::string relaxed = EncodeAccountFile(account, "/home");

  EXPECT_EQ(Must(DecodeAccountFile(plain, "/home")).durability, Durability::kCommit);
  EXPECT_EQ(Must(DecodeAccountFile(relaxed, "/home")).durability, Durability::kRelaxed);
  EXPECT_CODE(kCorrupt, DecodeAccountFile("durability = \"soon\"\n", "/home"));
}

TEST(AccountFile, DataBesideTheFileMovesWithIt) {
  AccountDescriptor account = Example();
  account.directory = "/old";
  const std::string text = EncodeAccountFile(account, "/old");
  EXPECT_EQ(text.find("/old"), std::string::npos);
  EXPECT_EQ(Must(DecodeAccountFile(text, "/new")).directory, "/new");
}

AccountDescriptor AzureExample() {
  AccountDescriptor account = Example();
  account.kind = "azure";
  account.azure = AzureSettings{.endpoint = "https://westus.blob.core.windows.net",
                                .auth = AzureAuth::kConnectionString,
                                .credential_file = "/etc/replicafs/westus",
                                .check = std::chrono::seconds{5}};
  return account;
}

TEST(AccountFile, WhereAServiceIsReachedIsKept) {
  const AccountDescriptor account = AzureExample();
  const auto decoded = Must(DecodeAccountFile(EncodeAccountFile(account, "/home"), "/home"));
  ASSERT_TRUE(decoded.azure.has_value());
  EXPECT_EQ(decoded.azure->endpoint, account.azure->endpoint);
  EXPECT_EQ(decoded.azure->auth, account.azure->auth);
  EXPECT_EQ(decoded.azure->credential_file, account.azure->credential_file);
  EXPECT_EQ(decoded.azure->check, account.azure->check);
}

TEST(AccountFile, WhatIsNotSaidOfAServiceIsTheDefault) {
  const auto decoded =
      Must(DecodeAccountFile("kind = \"azure\"\nendpoint = \"https://x\"\n", "/home"));
  EXPECT_EQ(decoded.azure->auth, AzureAuth::kKey);
  EXPECT_EQ(decoded.azure->credential_file, "");
  EXPECT_EQ(decoded.azure->check, std::chrono::seconds{1});
  EXPECT_FALSE(Must(DecodeAccountFile("endpoint = \"https://x\"\n", "/home")).azure.has_value());
}

TEST(AccountFile, AServiceThatCannotBeReachedIsDamage) {
  EXPECT_CODE(kCorrupt, DecodeAccountFile("kind = \"azure\"\n", "/home"));
  const std::string service = "kind = \"azure\"\nendpoint = \"https://x\"\n";
  EXPECT_CODE(kCorrupt, DecodeAccountFile(service + "auth = \"magic\"\n", "/home"));
  EXPECT_CODE(kCorrupt, DecodeAccountFile(service + "check_seconds = -1\n", "/home"));
  EXPECT_CODE(kCorrupt, DecodeAccountFile(service + "check_seconds = \"1\"\n", "/home"));
}

TEST(AccountFile, UnknownMembersAreIgnored) {
  EXPECT_EQ(Must(DecodeAccountFile("later = [1, 2]\n[table]\nkind = 'x'\n", "/home")).kind,
            "embedded");
}

TEST(AccountFile, UnknownMembersStayWhenOthersChange) {
  AccountDescriptor account = Example();
  account.durability = Durability::kRelaxed;
  const std::string text =
      Must(UpdateAccountFile("later = [1, 2]\nregion = \"x\"\n", account, "/home"));
  EXPECT_NE(text.find("later = [ 1, 2 ]"), std::string::npos) << text;
  const AccountDescriptor updated = Must(DecodeAccountFile(text, "/home"));
  EXPECT_EQ(updated.durability, Durability::kRelaxed);
  EXPECT_EQ(updated.region, account.region);

  account.durability = Durability::kCommit;
  account.region.clear();
  const std::string plain = Must(UpdateAccountFile(text, account, "/home"));
  EXPECT_EQ(plain.find("durability"), std::string::npos) << plain;
  EXPECT_EQ(plain.find("region"), std::string::npos) << plain;
  EXPECT_CODE(kCorrupt, UpdateAccountFile("region = \n", account, "/home"));
}

TEST(AccountFile, DamageNamesTheLine) {
  const auto decoded = DecodeAccountFile("kind = \"embedded\"\nregion = \n", "/home");
  EXPECT_CODE(kCorrupt, decoded);
  EXPECT_NE(decoded.error().message.find("line 2"), std::string::npos) << decoded.error().message;
}

TEST(AccountFile, MembersOfTheWrongKindAreDamage) {
  EXPECT_CODE(kCorrupt, DecodeAccountFile("region = 5\n", "/home"));
  EXPECT_CODE(kCorrupt, DecodeAccountFile("created = \"yesterday\"\n", "/home"));
}

}  // namespace
}  // namespace replicafs
