// replication status
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <ctime>

#include "tools/command.h"
#include "tools/replication_links.h"
#include "tools/replication_output.h"

namespace replicafs {
namespace {

struct Options {
  std::string account;
  bool watch = false;
};

// What a reader of the table must do something about.
std::string Notes(const LinkStatus& link) {
  if (link.half) return LinkName(link.policy) + ": " + HalfPolicy(link.policy) + "\n";
  std::string text;
  for (const std::string& difference : link.differences)
    text += LinkName(link.policy) + ": " + difference + ": it is not copied; see replicafs policy " +
            "update --help\n";
  if (!link.running && link.pending_operations > 0)
    text += LinkName(link.policy) + ": no process runs this link; mount one of its accounts\n";
  if (!link.progress.last_error.empty())
    text += LinkName(link.policy) + ": " + Printable(link.progress.last_error) + "\n";
  if (!link.failures.empty() || !link.superseded.empty())
    text += LinkName(link.policy) + ": see replicafs replication failures " +
            link.policy.source_account + "\n";
  return text;
}

Json ToJson(const std::vector<LinkStatus>& links) {
  Json list = Json::array();
  for (const LinkStatus& link : links) list.push_back(ToJson(link));
  return list;
}

std::string Describe(const std::vector<LinkStatus>& links, const std::string& only_account) {
  if (links.empty())
    return "no policy copies " + (only_account.empty() ? "anything" : "'" + only_account + "'") +
           "; see: replicafs policy create --help\n";
  std::string notes;
  for (const LinkStatus& link : links) notes += Notes(link);
  const Table ages = MakeAgeTable(links);
  return MakeStatusTable(links).ToString() + (ages.empty() ? "" : "\n" + ages.ToString()) +
         (notes.empty() ? "" : "\n" + notes);
}

// A line a link, for logs and pipes.
std::string Lines(const std::vector<LinkStatus>& links, Timestamp now) {
  std::string text;
  for (const LinkStatus& link : links)
    text += fmt::format("{}  {}  {}  {} pending ({}), {} failed, {} left\n", ToString(now),
                        LinkName(link.policy), StateOf(link), link.pending_operations,
                        HumanBytes(link.pending_bytes), link.failures.size(), RemainingText(link));
  return text;
}

// Ctrl-C and SIGTERM, as something to wait for: they end the watch and not the process.
class EndSignals {
 public:
  EndSignals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }

  // Whether one came before the time was over.
  bool Await(std::time_t seconds) {
    const timespec timeout{.tv_sec = seconds, .tv_nsec = 0};
    return sigtimedwait(&signals_, nullptr, &timeout) > 0;
  }

 private:
  sigset_t signals_{};
};

// Held, so that accounts are not opened anew each second. One that cannot be opened is told of
// later.
Result<std::vector<std::shared_ptr<Account>>> OpenAll(Context& context) {
  std::vector<std::shared_ptr<Account>> all;
  const std::vector<std::string> names = TRY(context.accounts.AccountNames());
  for (const std::string& name : names) {
    auto account = context.accounts.OpenAccount(name);
    if (account) all.push_back(*std::move(account));
  }
  return all;
}

Result<ExitCode> Watch(Context& context, const Options& options) {
  constexpr std::string_view kClearScreen = "\x1b[H\x1b[2J";
  const bool terminal = isatty(STDOUT_FILENO) != 0;
  // Before the accounts start threads, which inherit the mask.
  EndSignals signals;
  const std::vector<std::shared_ptr<Account>> open = TRY(OpenAll(context));
  do {
    const std::vector<LinkStatus> links = TRY(LinksOf(context, options.account));
    const Timestamp now = SystemClock().Now();
    if (context.json()) {
      PrintJsonLine({{"time", JsonTime(now)}, {"links", ToJson(links)}});
    } else if (terminal) {
      PrintText(std::string(kClearScreen) + ToString(now) + "\n\n" +
                Describe(links, options.account));
    } else {
      PrintText(Lines(links, now));
    }
  } while (!signals.Await(1));
  return ExitCode::kOk;
}

Result<ExitCode> ShowStatus(Context& context, const Options& options) {
  if (options.watch) return Watch(context, options);
  const std::vector<LinkStatus> links = TRY(LinksOf(context, options.account));
  if (context.json()) {
    PrintJson(ToJson(links));
  } else {
    PrintText(Describe(links, options.account));
  }
  return ExitCode::kOk;
}

}  // namespace

void AddReplicationStatus(CommandLine& line, CLI::App& replication_group) {
  const auto options = std::make_shared<Options>();
  CLI::App& command =
      line.Add(replication_group,
               {.name = "status",
                .sentence = "Prints each link: how far it is, what is pending since when, how fast "
                            "it is, who runs it.",
                .example = "replicafs replication status westus --watch",
                .exit_codes = {}},
               [options](Context& context) { return ShowStatus(context, *options); });
  command.add_option("ACCOUNT", options->account, "The source account (default: all)");
  command.add_flag("--watch", options->watch,
                   "Each second again, until Ctrl-C; elsewhere than on a terminal a line a link, "
                   "with JSON one object a line");
}

}  // namespace replicafs
