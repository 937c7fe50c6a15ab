#include "tools/account_azure.h"

#include <map>

#include "backend/account/azure_connection.h"

namespace replicafs {

void AzureOptions::AddTo(CLI::App& command) {
  command
      .add_option("--auth", auth,
                  "Kind azure: what opens it: key (of the account; default), sas (a shared access "
                  "signature of the account), connection-string")
      ->type_name("key|sas|connection-string")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, AzureAuth>{{"key", AzureAuth::kKey},
                                           {"sas", AzureAuth::kSas},
                                           {"connection-string", AzureAuth::kConnectionString}}));
  command
      .add_option("--credential-file", credential_file,
                  "Kind azure: a file that only its owner may read, with the key, signature or "
                  "connection string. Without it, whenever the account is used: "
                  "AZURE_STORAGE_KEY or AZURE_STORAGE_ACCESS_KEY, AZURE_STORAGE_SAS_TOKEN, "
                  "AZURE_STORAGE_CONNECTION_STRING")
      ->type_name("FILE");
  command
      .add_option(
          "--check-seconds", check_seconds,
          "Kind azure: how long an answer of the service counts, before it is asked whether "
          "others changed something; 0: it is asked each time (default: 1)")
      ->type_name("N")
      ->check(CLI::Range(0U, 86'400U));
  command.add_flag("--no-check", no_check,
                   "Kind azure: do not ask the service whether it lets this machine in");
}

std::string AzureOptions::Given() const {
  if (auth) return "--auth";
  if (credential_file) return "--credential-file";
  if (check_seconds) return "--check-seconds";
  return no_check ? "--no-check" : "";
}

Result<AzureSettings> AzureOptions::ApplyTo(AzureSettings settings) const {
  if (auth) settings.auth = *auth;
  if (credential_file) settings.credential_file = *credential_file;
  if (check_seconds) settings.check = std::chrono::seconds{*check_seconds};
  AzureSettings complete = TRY(CompleteAzureSettings(std::move(settings)));
  if (no_check) return complete;
  const std::string note = TRY(AskAzure(complete, SystemClock()));
  if (!note.empty()) PrintWarning(note);
  return complete;
}

Status RefuseForAzure(const std::optional<bool>& versioning,
                      const std::optional<Durability>& durability) {
  if (durability == Durability::kRelaxed)
    return UsageError(
        "--durability relaxed is for embedded accounts: a file in an account of kind azure is "
        "closed "
        "when the service has it");
  if (versioning.value_or(true)) return Ok();
  return UsageError(
      "--versioning false is for embedded accounts: previous versions of an account of kind azure "
      "lie in its container replicafs-versions until they are deleted");
}

std::vector<std::pair<std::string, std::string>> FieldsOf(const AzureSettings& settings) {
  return {
      {"endpoint", settings.endpoint},
      {"auth", std::string(ToString(settings.auth))},
      {"credential", settings.credential_file.empty() ? "environment" : settings.credential_file},
      {"check", std::to_string(settings.check.count()) + " s"}};
}

Json ToJson(const AzureSettings& settings) {
  return {{"endpoint", settings.endpoint},
          {"auth", ToString(settings.auth)},
          {"credentialFile", settings.credential_file},
          {"checkSeconds", settings.check.count()}};
}

}  // namespace replicafs
