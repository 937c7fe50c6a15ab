#include "tests/support/azurite.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <utility>

#include "backend/base/digest.h"

namespace replicafs {
namespace {

constexpr size_t kAccounts = 16;

std::string Program() {
  if (const char* program = std::getenv("REPLICAFS_AZURITE"); program != nullptr) return program;
  return REPLICAFS_SOURCE_DIRECTORY "/build/azurite/node_modules/.bin/azurite-blob";
}

std::string AccountName(size_t number) {
  return "account" + std::to_string(number);
}

std::string AccountKey(const std::string& name) {
  const Digest digest = Sha256(AsBytes("key of " + name));
  return ToBase64(std::span<const uint8_t>(digest.bytes));
}

std::string AccountList() {
  std::string list;
  for (size_t i = 0; i < kAccounts; ++i)
    list += AccountName(i) + ":" + AccountKey(AccountName(i)) + ";";
  list.pop_back();
  return list;
}

[[noreturn]] void RunAzurite(std::vector<std::string> words, int output) {
  // Should the test abort.
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::setenv("AZURITE_ACCOUNTS", AccountList().c_str(), 1);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

}  // namespace

Result<Azurite*> Azurite::Shared() {
  static const Result<std::unique_ptr<Azurite>> kShared = Start({});
  if (!kShared) return kShared.error();
  return kShared->get();
}

Result<std::unique_ptr<Azurite>> Azurite::WithTokens(const std::string& certificate,
                                                     const std::string& key) {
  return Start({"--oauth", "basic", "--cert", certificate, "--key", key});
}

Result<std::unique_ptr<Azurite>> Azurite::Start(const std::vector<std::string>& more) {
  const std::string program = Program();
  if (::access(program.c_str(), X_OK) != 0)
    return Error{ErrorCode::kNotFound, "Azurite is not installed: run tests/azurite/install"};
  std::vector<std::string> words{program,
                                 "--blobPort",
                                 "0",
                                 "--inMemoryPersistence",
                                 "--skipApiVersionCheck",
                                 "--disableTelemetry",
                                 "--silent"};
  words.insert(words.end(), more.begin(), more.end());
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return ErrnoError("pipe", errno);
  std::unique_ptr<Azurite> azurite(new Azurite());
  azurite->output_ = ends[0];
  azurite->pid_ = ::fork();
  if (azurite->pid_ == 0) RunAzurite(std::move(words), ends[1]);
  ::close(ends[1]);

  // It says where it listens once it does: "… listens on http://127.0.0.1:PORT".
  constexpr std::string_view kListens = "listens on ";
  constexpr std::string_view kHost = "://127.0.0.1:";
  std::string said;
  for (char byte = 0; ::read(azurite->output_, &byte, 1) == 1;) {
    said += byte;
    const size_t at = said.find(kListens);
    if (byte != '\n' || at == std::string::npos) continue;
    const size_t scheme = at + kListens.size();
    const size_t host = said.find(kHost, scheme);
    if (host == std::string::npos) break;
    azurite->scheme_ = said.substr(scheme, host - scheme);
    azurite->port_ = said.substr(host + kHost.size(), said.size() - 1 - host - kHost.size());
    return azurite;
  }
  return Error{ErrorCode::kIo, program + " did not start: " + said};
}

Azurite::~Azurite() {
  if (pid_ > 0) {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(output_);
}

AzuriteAccount Azurite::NextAccount() {
  const std::string name = AccountName(next_account_++ % kAccounts);
  return {name, AccountKey(name), scheme_ + "://127.0.0.1:" + port_ + "/" + name,
          scheme_ + "://" + name + ".blob.localhost:" + port_};
}

}  // namespace replicafs
