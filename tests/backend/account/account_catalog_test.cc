#include "backend/account/account_catalog.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/support/manual_clock.h"
#include "tests/support/matchers.h"
#include "tests/support/temp_directory.h"

namespace replicafs {
namespace {

class AccountCatalogTest : public ::testing::Test {
 protected:
  bool Exists(const std::string& path) const { return std::filesystem::exists(path); }
  void Write(const std::string& path) const { std::ofstream(path) << "x"; }

  TempDirectory temp_;
  const std::string root_ = temp_ / "root";
  ManualClock clock_;
  AccountCatalog catalog_{root_, clock_};
};

TEST_F(AccountCatalogTest, ARootThatIsNotThereHasNoAccounts) {
  EXPECT_TRUE(Must(catalog_.List()).empty());
  EXPECT_FALSE(Exists(root_));
}

TEST_F(AccountCatalogTest, ACreatedAccountIsListedWithItsFields) {
  ASSERT_OK(catalog_.Create({.name = "westus", .tenant = "contoso", .region = "west", .path = {}}));
  const auto accounts = Must(AccountCatalog(root_, clock_).List());
  ASSERT_EQ(accounts.size(), 1u);
  EXPECT_EQ(accounts[0].name, "westus");
  EXPECT_EQ(accounts[0].tenant, "contoso");
  EXPECT_EQ(accounts[0].region, "west");
  EXPECT_EQ(accounts[0].created, ManualClock::kStart);
  EXPECT_EQ(accounts[0].directory, root_ + "/accounts/westus");
}

TEST_F(AccountCatalogTest, NamesAreInOrder) {
  for (const char* name : {"west", "east", "north"})
    ASSERT_OK(catalog_.Create({.name = name, .tenant = {}, .region = {}, .path = {}}));
  EXPECT_EQ(Must(catalog_.AccountNames()), (std::vector<std::string>{"east", "north", "west"}));
}

TEST_F(AccountCatalogTest, ANameTakenIsRefused) {
  ASSERT_OK(catalog_.Create({.name = "westus", .tenant = {}, .region = {}, .path = {}}));
  EXPECT_CODE(kExists, catalog_.Create({.name = "westus", .tenant = {}, .region = {}, .path = {}}));
}

TEST_F(AccountCatalogTest, ABadNameIsRefused) {
  EXPECT_CODE(kInvalid, catalog_.Create({.name = "../x", .tenant = {}, .region = {}, .path = {}}));
  EXPECT_CODE(kNotFound, catalog_.Describe("../x"));
}

TEST_F(AccountCatalogTest, AnUnknownNameSaysWhatThereIsAndTheRemedy) {
  ASSERT_OK(catalog_.Create({.name = "westus", .tenant = {}, .region = {}, .path = {}}));
  const auto opened = catalog_.OpenAccount("eastus");
  EXPECT_CODE(kNotFound, opened);
  for (const std::string& part : {std::string("'eastus'"), root_, std::string(" westus"),
                                  std::string("replicafs account create eastus")})
    EXPECT_NE(opened.error().message.find(part), std::string::npos) << opened.error().message;
}

TEST_F(AccountCatalogTest, AnOpenAccountIsTheSameForEverybody) {
  ASSERT_OK(catalog_.Create({.name = "westus", .tenant = {}, .region = {}, .path = {}}));
  const auto first = Must(catalog_.OpenAccount("westus"));
  EXPECT_EQ(first, Must(catalog_.OpenAccount("westus")));
  EXPECT_EQ(first->name(), "westus");
}

TEST_F(AccountCatalogTest, AnAccountThatNobodyHoldsCanBeOpenedAgain) {
  ASSERT_OK(catalog_.Create({.name = "westus", .tenant = {}, .region = {}, .path = {}}));
  ASSERT_OK(ApplyOne(Must(catalog_.OpenAccount("westus"))->store(), CreateContainer{"photos"}, 0));
  EXPECT_OK(Must(catalog_.OpenAccount("westus"))->store().GetContainer("photos"));
}

TEST_F(AccountCatalogTest, AnAccountWhoseDataIsAwayIsThereAndCannotBeOpened) {
  Must(catalog_.Create({.name = "westus"}));
  std::filesystem::rename(root_ + "/accounts/westus/meta", root_ + "/accounts/westus/away");

  EXPECT_CODE(kUnavailable, catalog_.OpenAccount("westus"));
  EXPECT_OK(catalog_.IdentityOf("westus"));
}

TEST_F(AccountCatalogTest, DataMayLieElsewhere) {
  const std::string elsewhere = temp_ / "disk2/westus";
  ASSERT_OK(catalog_.Create({.name = "westus", .tenant = {}, .region = {}, .path = elsewhere}));
  EXPECT_EQ(Must(catalog_.Describe("westus")).directory, elsewhere);
  ASSERT_OK(ApplyOne(Must(catalog_.OpenAccount("westus"))->store(), CreateContainer{"photos"}, 0));
  EXPECT_FALSE(std::filesystem::is_empty(elsewhere));
  EXPECT_FALSE(Exists(elsewhere + "/.replicafs-unfinished"));
}

TEST_F(AccountCatalogTest, ADirectoryWithFilesIsLeftAlone) {
  const std::string elsewhere = temp_ / "mine";
  std::filesystem::create_directories(elsewhere);
  Write(elsewhere + "/precious");
  EXPECT_CODE(kExists,
              catalog_.Create({.name = "westus", .tenant = {}, .region = {}, .path = elsewhere}));
  EXPECT_TRUE(Exists(elsewhere + "/precious"));
  EXPECT_TRUE(Must(catalog_.AccountNames()).empty());
}

TEST_F(AccountCatalogTest, WhatACrashLeftIsNotListedAndDoesNotHinder) {
  std::filesystem::create_directories(root_ + "/accounts/.unfinished/meta");
  Write(root_ + "/accounts/.unfinished/account.toml");
  const std::string elsewhere = temp_ / "elsewhere";
  std::filesystem::create_directories(elsewhere + "/meta");
  Write(elsewhere + "/.replicafs-unfinished");
  Write(elsewhere + "/meta/half");
  EXPECT_TRUE(Must(catalog_.AccountNames()).empty());

  ASSERT_OK(catalog_.Create({.name = "westus", .tenant = {}, .region = {}, .path = elsewhere}));
  EXPECT_FALSE(Exists(elsewhere + "/meta/half"));
  EXPECT_FALSE(Exists(root_ + "/accounts/.unfinished"));
  EXPECT_OK(catalog_.OpenAccount("westus"));
}

// Port 1 answers nobody.
AzureSettings Unreachable(const std::string& credential_file) {
  return {.endpoint = "http://127.0.0.1:1/cloud", .credential_file = credential_file};
}

TEST_F(AccountCatalogTest, AnAccountAtAServiceIsOpenedWithoutAskingIt) {
  const std::string file = temp_ / "key";
  std::ofstream(file) << "c2VjcmV0";
  ASSERT_OK(catalog_.Create({.name = "cloud", .azure = Unreachable(file)}));
  EXPECT_EQ(Must(catalog_.Describe("cloud")).kind, "azure");
  std::filesystem::permissions(file, std::filesystem::perms{0640});
  EXPECT_CODE(kPermission, catalog_.OpenAccount("cloud"));
  std::filesystem::permissions(file, std::filesystem::perms{0600});
  EXPECT_EQ(Must(catalog_.OpenAccount("cloud"))->name(), "cloud");
}

TEST_F(AccountCatalogTest, AnAccountAtAServiceKeepsItsEndpoint) {
  ASSERT_OK(catalog_.Create({.name = "cloud", .azure = Unreachable({})}));
  AzureSettings settings = Unreachable("/key");
  ASSERT_OK(catalog_.Update({.name = "cloud", .azure = settings}));
  EXPECT_EQ(Must(catalog_.Describe("cloud")).azure->credential_file, "/key");
  settings.endpoint = "http://127.0.0.1:1/other";
  EXPECT_CODE(kInvalid, catalog_.Update({.name = "cloud", .azure = settings}));
  ASSERT_OK(catalog_.Create({.name = "westus"}));
  EXPECT_CODE(kInvalid, catalog_.Update({.name = "westus", .azure = settings}));
}

TEST_F(AccountCatalogTest, AnAccountOfALaterKindIsListedButNotOpened) {
  std::filesystem::create_directories(root_ + "/accounts/cloud");
  std::ofstream(root_ + "/accounts/cloud/account.toml") << "kind = \"later\"\n";
  EXPECT_EQ(Must(catalog_.Describe("cloud")).kind, "later");
  EXPECT_CODE(kNotSupported, catalog_.OpenAccount("cloud"));
}

}  // namespace
}  // namespace replicafs
