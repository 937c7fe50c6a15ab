#include "backend/azure/sas.h"

#include <algorithm>

#include "backend/azure/ascii.h"
#include "backend/azure/uri.h"

namespace replicafs::azure {
namespace {

// The layout of the strings below is that of 2020-12-06 to 2025-07-04.
constexpr std::string_view kVersion = "2022-11-02";

// "2026-11-20T20:31:07Z"
std::string Seconds(Timestamp time) {
  return ToString(time).substr(0, 19) + "Z";
}

std::string Seconds(const std::optional<Timestamp>& time) {
  return time ? Seconds(*time) : std::string();
}

std::string Protocols(bool tls_only) {
  return tls_only ? "https" : "https,http";
}

std::string Lines(std::initializer_list<std::string> lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

Secret Token(const AccountKey& key, Query query, std::string_view string_to_sign) {
  std::erase_if(query, [](const QueryParameter& parameter) { return parameter.value.empty(); });
  query.push_back({"sig", Sign(key, string_to_sign)});
  return Secret(ToString(query));
}

}  // namespace

Secret MakeSas(const AccountKey& key, const AccountSas& sas) {
  const std::string version(kVersion);
  const std::string start = Seconds(sas.start);
  const std::string expiry = Seconds(sas.expiry);
  const std::string protocols = Protocols(sas.tls_only);
  const std::string services = "b";
  const std::string to_sign = Lines({key.account, sas.permissions, services, sas.resource_types,
                                     start, expiry, /*sip*/ "", protocols, version, /*ses*/ ""});
  return Token(key,
               {{"sv", version},
                {"ss", services},
                {"srt", sas.resource_types},
                {"sp", sas.permissions},
                {"st", start},
                {"se", expiry},
                {"spr", protocols}},
               to_sign);
}

Secret MakeSas(const AccountKey& key, const ServiceSas& sas) {
  const std::string version(kVersion);
  const std::string start = Seconds(sas.start);
  const std::string expiry = Seconds(sas.expiry);
  const std::string protocols = Protocols(sas.tls_only);
  std::string resource = "c";
  if (!sas.name.empty()) resource = "b";
  if (!sas.snapshot.empty()) resource = "bs";
  if (!sas.version_id.empty()) resource = "bv";
  std::string path = "/blob/" + key.account + "/" + sas.container;
  if (!sas.name.empty()) path += "/" + sas.name;
  const std::string moment = sas.version_id.empty() ? sas.snapshot : sas.version_id;
  std::string to_sign = Lines({sas.permissions, start, expiry, path, /*si*/ "", /*sip*/ "",
                               protocols, version, resource, moment, /*ses*/ "", /*rscc*/ "",
                               /*rscd*/ "", /*rsce*/ "", /*rscl*/ "", /*rsct*/ ""});
  to_sign.pop_back();  // unlike an account's, it does not end its last line
  return Token(key,
               {{"sv", version},
                {"sr", resource},
                {"sp", sas.permissions},
                {"st", start},
                {"se", expiry},
                {"spr", protocols}},
               to_sign);
}

Result<Secret> ParseSasToken(std::string_view token) {
  token = Trimmed(token);
  if (token.starts_with('?')) token.remove_prefix(1);
  const Query query = ParseQuery(token);
  const auto has = [&](std::string_view name) {
    return std::any_of(query.begin(), query.end(), [&](const QueryParameter& parameter) {
      return parameter.name == name && !parameter.value.empty();
    });
  };
  if (!has("sig"))
    return Error{ErrorCode::kInvalid, "the shared access signature has no 'sig': it is not whole"};
  // A stored access policy ('si') may say the end instead.
  if (!has("se") && !has("si"))
    return Error{ErrorCode::kInvalid, "the shared access signature has no 'se': it is not whole"};
  return Secret(std::string(token));
}

std::optional<Timestamp> SasExpiry(const Secret& token) {
  for (const QueryParameter& parameter : ParseQuery(token.Reveal())) {
    if (parameter.name != "se") continue;
    std::string time = parameter.value;
    // "2026-11-20" and "2026-11-20T20:31Z" are allowed too.
    if (time.size() == 10) time += "T00:00:00Z";
    if (time.size() == 17 && time.back() == 'Z') time.insert(16, ":00");
    return ParseTimestamp(time);
  }
  return std::nullopt;
}

bool AllowsListingContainers(const Secret& token) {
  bool of_services = false;
  bool lists = false;
  for (const QueryParameter& parameter : ParseQuery(token.Reveal())) {
    if (parameter.name == "srt") of_services = parameter.value.find('s') != std::string::npos;
    if (parameter.name == "sp") lists = parameter.value.find('l') != std::string::npos;
  }
  return of_services && lists;
}

std::string WithoutSignatures(std::string_view text) {
  std::string shown;
  for (;;) {
    const size_t begin = text.find("sig=");
    if (begin == std::string_view::npos) return shown.append(text);
    shown.append(text.substr(0, begin + 4)).append("…");
    text.remove_prefix(begin + 4);
    text.remove_prefix(std::min(text.find_first_of("&\"' \t\n<>"), text.size()));
  }
}

}  // namespace replicafs::azure
