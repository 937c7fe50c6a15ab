// Settings that policies need, and whose accounts they may join.
#include "backend/replication/change_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "backend/replication/policy_definition.h"
#include "tests/backend/replication/link_fixture.h"

namespace replicafs {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string IdOf(const std::string& account) {
  return "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/" + account;
}

class ChangeSettingsTest : public ::testing::Test, public LinkFixture {
 protected:
  Result<AccountSettings> Set(const std::string& account, const SettingsChange& change) {
    return ChangeSettings(accounts, account, change, clock);
  }
  Result<Policy> TryCreate(const PolicyRequest& request) {
    return CreatePolicy(accounts, request, clock);
  }
  void BelongTo(const std::string& source_tenant, const std::string& destination_tenant) {
    accounts.SetIdentity("source", {source_tenant, IdOf("source")});
    accounts.SetIdentity("destination", {destination_tenant, IdOf("destination")});
  }
  PolicyRequest RequestByIds() const {
    PolicyRequest request = Request();
    request.source_account = IdOf("source");
    request.destination_account = IdOf("destination");
    return request;
  }
  void Allow(bool allowed) {
    for (const char* account : {"source", "destination"})
      Must(Set(account, {.allow_cross_tenant_replication = allowed}));
  }
};

TEST_F(ChangeSettingsTest, VersioningOffThenNoPolicyUntilItIsOn) {
  for (const char* account : {"source", "destination"}) {
    Must(Set(account, {.versioning = false}));

    const auto refused = TryCreate(Request());

    ASSERT_TRUE(FailedWith(ErrorCode::kInvalid, refused));
    EXPECT_THAT(refused.error().message, AllOf(HasSubstr(account), HasSubstr("--versioning true")));
    Must(Set(account, {.versioning = true}));
  }
  EXPECT_OK(TryCreate(Request()));
}

TEST_F(ChangeSettingsTest, ChangeFeedOffThenNoPolicyFromThere) {
  Must(Set("destination", {.change_feed = false}));
  Must(Set("source", {.change_feed = false}));

  const auto refused = TryCreate(Request());

  ASSERT_TRUE(FailedWith(ErrorCode::kInvalid, refused));
  EXPECT_THAT(refused.error().message, HasSubstr("--change-feed true"));
  Must(Set("source", {.change_feed = true}));
  EXPECT_OK(TryCreate(Request()));
}

TEST_F(ChangeSettingsTest, PolicyThereThenWhatItNeedsStaysOn) {
  Create();

  for (const char* account : {"source", "destination"}) {
    const auto refused = Set(account, {.versioning = false});
    ASSERT_TRUE(FailedWith(ErrorCode::kBusy, refused));
    EXPECT_THAT(
        refused.error().message,
        AllOf(HasSubstr(account), HasSubstr("replicafs policy delete " + policy.policy_id)));
  }
  EXPECT_CODE(kBusy, Set("source", {.change_feed = false}));
  EXPECT_OK(Set("destination", {.change_feed = false}));
  EXPECT_CODE(kBusy, CheckIdentityIsFree(accounts, "source"));
  EXPECT_EQ(Must(ReadSettings(*source)), AccountSettings());

  ASSERT_OK(DeletePolicy(accounts, policy.policy_id));
  EXPECT_OK(Set("source", {.versioning = false}));
  EXPECT_OK(CheckIdentityIsFree(accounts, "source"));
}

TEST_F(ChangeSettingsTest, OneHalfAloneThenItNeedsThemToo) {
  Must(CreateHalf(accounts,
                  {.account = "destination",
                   .definition = {.policy_id = std::string(kDefaultPolicyId),
                                  .source_account = "source",
                                  .destination_account = "destination",
                                  .rules = {{.source_container = "photos",
                                             .destination_container = "replica"}}}},
                  clock));

  EXPECT_CODE(kBusy, Set("destination", {.versioning = false}));
  EXPECT_OK(Set("source", {.versioning = false}));
}

// Whether the accounts are named by id, allow cross-tenant replication, belong to one tenant;
// whether the policy can be made. The table of "Specify full resource IDs".
using Cell = std::tuple<bool, bool, bool, bool>;

class TenantTable : public ChangeSettingsTest, public ::testing::WithParamInterface<Cell> {};

TEST_P(TenantTable, PolicyThenMadeOrRefused) {
  const auto [by_id, allowed, one_tenant, made] = GetParam();
  BelongTo("contoso", one_tenant ? "contoso" : "fabrikam");
  Allow(allowed);

  const auto created = TryCreate(by_id ? RequestByIds() : Request());

  EXPECT_EQ(created.has_value(), made);
  if (created) return;
  EXPECT_EQ(created.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(created.error().message,
              HasSubstr(by_id ? "different tenants" : "must specify the full resource ID"));
}

INSTANTIATE_TEST_SUITE_P(
    Cells, TenantTable,
    ::testing::Values(Cell{true, true, true, true}, Cell{true, true, false, true},
                      Cell{true, false, true, true}, Cell{true, false, false, false},
                      Cell{false, true, true, true}, Cell{false, true, false, true},
                      Cell{false, false, true, false}, Cell{false, false, false, false}));

TEST_F(ChangeSettingsTest, OneOfTheAccountsDoesNotAllowItThenRefused) {
  BelongTo("contoso", "fabrikam");
  Must(Set("source", {.allow_cross_tenant_replication = true}));

  const auto refused = TryCreate(RequestByIds());

  ASSERT_TRUE(FailedWith(ErrorCode::kInvalid, refused));
  EXPECT_THAT(refused.error().message, HasSubstr("'destination' does not allow"));
}

TEST_F(ChangeSettingsTest, CrossTenantPolicyThereThenItStaysAllowed) {
  BelongTo("contoso", "fabrikam");
  Allow(true);
  policy = Must(TryCreate(RequestByIds()));

  const auto refused = Set("source", {.allow_cross_tenant_replication = false});

  ASSERT_TRUE(FailedWith(ErrorCode::kBusy, refused));
  EXPECT_THAT(refused.error().message, HasSubstr("cannot be set to false"));
  ASSERT_OK(DeletePolicy(accounts, policy.policy_id));
  EXPECT_OK(Set("source", {.allow_cross_tenant_replication = false}));
}

TEST_F(ChangeSettingsTest, PolicyOfOneTenantThenCrossTenantMayBeSwitchedOff) {
  BelongTo("contoso", "contoso");
  Allow(true);
  Create();

  EXPECT_OK(Set("source", {.allow_cross_tenant_replication = false}));
}

TEST_F(ChangeSettingsTest, ResourceIdOfAnotherThenRefused) {
  BelongTo("contoso", "contoso");
  PolicyRequest request = RequestByIds();
  request.source_account =
      "/subscriptions/other/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/source";

  const auto refused = TryCreate(request);

  ASSERT_TRUE(FailedWith(ErrorCode::kInvalid, refused));
  EXPECT_THAT(refused.error().message, HasSubstr(IdOf("source")));
}

TEST_F(ChangeSettingsTest, NoTenantsThenNamesDo) {
  EXPECT_OK(TryCreate(Request()));
}

}  // namespace
}  // namespace replicafs
