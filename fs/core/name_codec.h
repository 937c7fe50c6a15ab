// How a name in a directory and a component of a blob's name stand for each other. Pure.
//
// Most stand for themselves. What a blob's name should not hold (control characters, '\', bytes
// that are no UTF-8, U+FFFE, U+FFFF, a trailing '.') and names that begin with "%!" are stored as
// "%!" and the name with those bytes and '%' as "%XX", or where that has more than 480 bytes as
// "%!%=" and the name in base64 (RFC 4648, URL alphabet, no padding). Components that no directory
// could show ("", ".", "..", raw control characters, more than 255 bytes) are shown in the same
// form, which leads back to them. The mapping is one-to-one, but for over-long components, which
// are shown by their beginning and a hash and found again by looking through the directory.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "backend/base/result.h"

namespace replicafs {

constexpr size_t kLinuxNameMaxBytes = 255;
// The directory of versions at a container's root.
constexpr std::string_view kVersionsName = ".versions";

// At a container's root the name ".versions" is taken.
enum class NamePlace { kContainerRoot, kBelow };

// What of a component is meant when the blob "a" stands beside blobs "a/…": the directory has the
// name, and the file is shown as "%!a%file".
enum class NameForm { kPlain, kBesideDirectory };

struct StoredName {
  std::string component;
  NameForm form = NameForm::kPlain;

  bool operator==(const StoredName&) const = default;
};

// The component that a Linux name stands for. kNameTooLong above 255 bytes; kInvalid for "", ".",
// "..", and with '/' or NUL.
Result<StoredName> ToStored(std::string_view linux_name, NamePlace place);

// The Linux name that a component is shown under.
std::string ToShown(const StoredName& stored, NamePlace place);

// Whether a Linux name may stand for an over-long component: its directory must be looked through.
bool IsHashedName(std::string_view linux_name);

}  // namespace replicafs
