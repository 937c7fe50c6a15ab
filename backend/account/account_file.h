// account.toml: what kind of account a directory below <root>/accounts is, and where its data lies.
//
//   kind      = "embedded"                       or "azure"
//   tenant    = "contoso"                        optional
//   resource_id = "/subscriptions/…"             optional
//   region    = "westeurope"                     optional
//   directory = "/mnt/disk2/westus"              absent: what is kept on this machine lies beside
//                                                this file
//   created   = "2026-11-20T20:31:07.1234567Z"
//   durability = "relaxed"                       absent: "commit"
//
// Of kind "azure" also
//
//   endpoint  = "https://westus.blob.core.windows.net"
//   auth      = "key"                            or "sas", "connection-string"
//   credential_file = "/etc/replicafs/westus"    absent: the environment has the credential
//   check_seconds = 5                            how long an answer of the service counts; absent:
//   1
//
// What is secret is never in it.
// Members that this release does not know are ignored, and stay when it changes others.
#pragma once

#include <string>
#include <string_view>

#include "backend/account/account_catalog.h"
#include "backend/base/result.h"

namespace replicafs {

constexpr std::string_view kAccountFileName = "account.toml";

// `home` is the directory that holds the file: an account with its data there can be moved with it.
std::string EncodeAccountFile(const AccountDescriptor& descriptor, const std::string& home);
// The file's text with other values; members that are unknown stay. kCorrupt as below.
Result<std::string> UpdateAccountFile(std::string_view text, const AccountDescriptor& descriptor,
                                      const std::string& home);
// kCorrupt names the line. The name is the caller's.
Result<AccountDescriptor> DecodeAccountFile(std::string_view text, const std::string& home);

}  // namespace replicafs
