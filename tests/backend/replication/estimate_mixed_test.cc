// An estimate of 10,000 mixed blobs, and what its link then does.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tests/backend/replication/estimate_fixture.h"

namespace replicafs {
namespace {

constexpr size_t kBlobs = 10'000;
constexpr size_t kNameCharsMax = 40;

class Mixed : public EstimateFixture {
 public:
  explicit Mixed(uint32_t seed)
      : EstimateFixture(Options{.destination_names = {.max_chars = kNameCharsMax}}), random_(seed) {
    for (size_t i = 0; i < kBlobs; ++i) names_.push_back(NameOf(i));
  }

  // Names from `first` up to `end`, each written once, and as many other changes.
  void Change(size_t first, size_t end) {
    for (size_t i = first; i < end; ++i) {
      Write(names_[i], Bytes());
      ChangeOne(names_[first + Below(i + 1 - first)]);
    }
  }

  // What people do at a destination.
  void Disturb(size_t first, size_t end) {
    for (size_t i = first; i < end; ++i) {
      const BlobPath path{"replica", names_[i]};
      if (!ReplicaExists(names_[i])) continue;
      const size_t choice = Below(12);
      if (choice == 0) AtDestination(PatchBlob{.path = path, .tier = Tier::kArchive});
      if (choice == 1) AtDestination(SetLegalHold{path, {}, true});
      if (choice == 2) AtDestination(RemoveBlob{.path = path});
      if (choice == 3) AtDestination(PatchBlob{.path = path, .tier = Tier::kCool});
    }
  }

 private:
  size_t Below(size_t end) { return std::uniform_int_distribution<size_t>(0, end - 1)(random_); }

  std::string NameOf(size_t i) const {
    constexpr std::array<const char*, 4> kPrefixes = {"in/", "in/deep/er/", "also/", "out/"};
    std::string name = kPrefixes[i % kPrefixes.size()] + std::to_string(i);
    if (i % 101 == 0) name += std::string(kNameCharsMax, 'n');
    return name;
  }

  // Empty, inline, of one block or of many; often equal to others.
  std::string Bytes() {
    const std::string few(1, static_cast<char>('a' + Below(20)));
    switch (Below(6)) {
      case 0: return {};
      case 1: return few;
      case 2: return std::to_string(random_()).substr(0, 16);
      case 3: return std::to_string(random_()) + std::string(kBlockBytes, few[0]);
      case 4: return std::string((1 + Below(20)) * kBlockBytes, few[0]);
      default: {
        std::string bytes;
        for (size_t i = Below(10); i > 0; --i)
          bytes += std::string(kBlockBytes, static_cast<char>('a' + Below(26)));
        return bytes + few;
      }
    }
  }

  void ChangeOne(const std::string& name) {
    BlobStore& store = source->inner().store();
    const auto current = store.Stat({"photos", name});
    switch (Below(10)) {
      case 0:
      case 1: Write(name, Bytes()); return;
      case 2: Write(name, Bytes(), current ? current->version : VersionId{}); return;
      case 3: PatchOne(name); return;
      case 4:
        if (current) Remove(name);
        return;
      case 5: RenameOne(name, current.has_value()); return;
      case 6: DeleteOne(name); return;
      case 7:
        if (current && Below(3) == 0)
          AtSource(PatchBlob{.path = {"photos", name}, .tier = AnyTier()});
        return;
      default: return;
    }
  }

  Tier AnyTier() { return static_cast<Tier>(Below(4)); }

  void RenameOne(const std::string& name, bool is_there) {
    const std::string other = names_[Below(names_.size())];
    const auto info = source->inner().store().Stat({"photos", name});
    if (is_there && other != name && info->properties.tier != Tier::kArchive) Rename(name, other);
  }

  void PatchOne(const std::string& name) {
    const auto versions = Must(source->inner().store().ListVersions({"photos", name}));
    if (!versions.empty())
      Patch(name, {{"k", std::to_string(Below(5))}}, versions[Below(versions.size())].version);
  }

  void DeleteOne(const std::string& name) {
    const auto versions = Must(source->inner().store().ListVersions({"photos", name}));
    if (!versions.empty())
      AtSource(RemoveVersion{{"photos", name}, versions[Below(versions.size())].version});
  }

  std::mt19937 random_;
  std::vector<std::string> names_;
};

TEST(EstimateMixed, TenThousandBlobsThenTheOutcomeIsEqual) {
  constexpr uint32_t kSeed = 20'261;
  Mixed mixed(kSeed);
  // Part of it is at the destination from an earlier policy, with a smaller scope.
  mixed.Change(0, kBlobs / 2);
  mixed.Enable(mixed.ExistingRequest({"in/deep/", "also/"}));
  mixed.Disturb(0, kBlobs / 2);
  mixed.Change(0, kBlobs / 4);
  ASSERT_OK(mixed.CatchUp(*mixed.MakeLink()));
  ASSERT_OK(DeletePolicy(mixed.accounts, mixed.policy.policy_id));
  mixed.Change(0, kBlobs);
  const PolicyRequest request = mixed.ExistingRequest({"in/", "also/"});

  const Estimate estimate = mixed.EstimateOf(request);
  mixed.Enable(request);

  mixed.ExpectItCameTrue(estimate);
  // Each case is there in numbers.
  EXPECT_GT(estimate.blobs, 5000U);
  EXPECT_GT(estimate.versions, estimate.blobs);
  EXPECT_LT(estimate.sent_bytes, estimate.bytes);
  EXPECT_GT(estimate.there_versions, 1000U);
  EXPECT_GT(estimate.removals, 100U);
  EXPECT_GT(estimate.property_changes, 100U);
  const auto failures = EstimateFixture::FailuresIn(estimate);
  for (const char* code : {"SourceBlobArchived", "DestinationBlobArchived", "DestinationImmutable",
                           "DestinationNameTooLong"})
    EXPECT_TRUE(failures.contains(code)) << code;
}

}  // namespace
}  // namespace replicafs
