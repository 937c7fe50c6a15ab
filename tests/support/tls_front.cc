#include "tests/support/tls_front.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace replicafs {
namespace {

bool RunQuietly(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

struct PipeEnds {
  UniqueFd read;
  UniqueFd write;
};

PipeEnds MakePipe() {
  int ends[2];
  REPLICAFS_CHECK(::pipe2(ends, O_CLOEXEC) == 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

}  // namespace

std::optional<std::string> TestCertificate::Missing() {
  static const bool has_openssl = RunQuietly("openssl version");
  static const bool has_python = RunQuietly("python3 -c 'import ssl'");
  if (!has_openssl) return "the program openssl is missing";
  if (!has_python) return "python3 with its module ssl is missing";
  return std::nullopt;
}

TestCertificate::TestCertificate() {
  REPLICAFS_CHECK(RunQuietly(
      fmt::format("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
                  "-subj /CN=replicafs-test -addext subjectAltName=IP:127.0.0.1 -keyout {} -out {}",
                  key_file(), file())));
  REPLICAFS_CHECK(RunQuietly("openssl rehash " + ca_directory()));
}

TlsFront::TlsFront(const TestCertificate& certificate, uint16_t plain_port) {
  PipeEnds input = MakePipe();
  PipeEnds output = MakePipe();
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input.read.get(), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output.write.get(), STDOUT_FILENO);
  std::array<std::string, 5> words = {"python3", REPLICAFS_TLS_FRONT, certificate.file(),
                                      certificate.key_file(), std::to_string(plain_port)};
  std::array<char*, 6> arguments{};
  for (size_t i = 0; i < words.size(); ++i) arguments[i] = words[i].data();
  REPLICAFS_CHECK(
      ::posix_spawnp(&process_, "python3", &actions, nullptr, arguments.data(), environ) == 0);
  ::posix_spawn_file_actions_destroy(&actions);
  input_ = std::move(input.write);
  output.write.Reset();
  FILE* lines = ::fdopen(output.read.Release(), "r");
  REPLICAFS_CHECK(lines != nullptr && std::fscanf(lines, "%d", &port_) == 1);
  std::fclose(lines);
}

TlsFront::~TlsFront() {
  input_.Reset();
  ::waitpid(process_, nullptr, 0);
}

std::string TlsFront::Url(std::string_view target, std::string_view host) const {
  return fmt::format("https://{}:{}{}", host, port_, target);
}

}  // namespace replicafs
