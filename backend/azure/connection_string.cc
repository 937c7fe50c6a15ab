#include "backend/azure/connection_string.h"

#include <algorithm>
#include <map>
#include <string>

#include "backend/azure/ascii.h"
#include "backend/azure/sas.h"

namespace replicafs::azure {
namespace {

// The emulator's, the same for everybody.
constexpr std::string_view kDevelopmentAccount = "devstoreaccount1";
constexpr std::string_view kDevelopmentKey =
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
constexpr std::string_view kDevelopmentUrl = "http://127.0.0.1:10000/devstoreaccount1";

using Members = std::map<std::string, std::string_view>;  // by names in lower case

Error Invalid(std::string_view why) {
  return Error{ErrorCode::kInvalid, "the connection string " + std::string(why)};
}

Result<Members> MembersOf(std::string_view text) {
  Members members;
  while (!text.empty()) {
    const std::string_view member = Trimmed(text.substr(0, text.find(';')));
    text.remove_prefix(std::min(text.find(';'), text.size() - 1) + 1);
    if (member.empty()) continue;
    // Keys end in '=', and signatures hold some.
    const size_t equals = member.find('=');
    if (equals == std::string_view::npos || equals == 0)
      return Invalid("has a part that is not NAME=VALUE");
    const bool is_new =
        members.emplace(LowerAscii(Trimmed(member.substr(0, equals))), member.substr(equals + 1))
            .second;
    if (!is_new)
      return Invalid("says '" + std::string(member.substr(0, equals)) + "' more than once");
  }
  return members;
}

std::string_view Member(const Members& members, const std::string& name) {
  const auto found = members.find(name);
  return found == members.end() ? std::string_view() : Trimmed(found->second);
}

Result<Endpoint> EndpointOf(const Members& members) {
  const std::string_view account = Member(members, "accountname");
  if (const std::string_view url = Member(members, "blobendpoint"); !url.empty())
    return Endpoint::Parse(url, account);
  if (account.empty()) return Invalid("has neither AccountName nor BlobEndpoint");
  std::string_view protocol = Member(members, "defaultendpointsprotocol");
  std::string_view suffix = Member(members, "endpointsuffix");
  if (protocol.empty()) protocol = "https";
  if (suffix.empty()) suffix = "core.windows.net";
  return Endpoint::Parse(
      std::string(protocol) + "://" + std::string(account) + ".blob." + std::string(suffix),
      account);
}

Result<ConnectionString> Development() {
  ConnectionString connection{TRY(Endpoint::Parse(kDevelopmentUrl)), std::nullopt, std::nullopt};
  connection.key = TRY(ParseAccountKey(kDevelopmentAccount, kDevelopmentKey));
  return connection;
}

}  // namespace

Result<ConnectionString> ParseConnectionString(std::string_view text) {
  const Members members = TRY(MembersOf(text));
  if (members.empty()) return Invalid("is empty");
  if (EqualIgnoringCase(Member(members, "usedevelopmentstorage"), "true")) return Development();
  ConnectionString connection{TRY(EndpointOf(members)), std::nullopt, std::nullopt};
  if (const std::string_view sas = Member(members, "sharedaccesssignature"); !sas.empty())
    connection.sas = TRY(ParseSasToken(sas));
  if (const std::string_view key = Member(members, "accountkey"); !key.empty())
    connection.key = TRY(ParseAccountKey(connection.endpoint.account(), key));
  if (connection.key && connection.sas)
    return Invalid("has both AccountKey and SharedAccessSignature: one of them will do");
  return connection;
}

}  // namespace replicafs::azure
