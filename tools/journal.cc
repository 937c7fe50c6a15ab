// journal show
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stop_token>

#include "tools/account_path.h"
#include "tools/command.h"

namespace replicafs {
namespace {

struct Options {
  std::string account;
  std::optional<uint64_t> after;
  uint64_t limit = 100;
  bool follow = false;
};

Json ToJson(const Event& event) {
  return {{"sequence", event.sequence},
          {"time", JsonTime(event.time)},
          {"kind", ToString(event.kind)},
          {"container", event.container},
          {"name", event.name},
          {"version", JsonTime(event.version.time())},
          {"replaces", JsonTime(event.replaces.time())},
          {"otherName", event.other_name},
          {"bytes", event.size_bytes},
          {"blobType", ToString(event.blob_kind)},
          {"policyId", event.policy_id},
          {"groupEnd", event.group_end}};
}

// Fixed widths: with --follow the widest line is not known.
void PrintRow(const Event& event) {
  std::string what = event.container;
  if (!event.name.empty()) what += "/" + Printable(event.name);
  if (!event.other_name.empty())
    what += (event.kind == EventKind::kDeleted ? " -> " : " <- ") + Printable(event.other_name);
  if (!event.policy_id.empty()) what += "  (by policy " + event.policy_id + ")";
  PrintText(fmt::format("{:>9}  {}  {:<18}  {:>10}  {}\n", event.sequence, ToString(event.time),
                        ToString(event.kind), HumanBytes(event.size_bytes), what));
}

void PrintHeader() {
  PrintText(fmt::format("{:>9}  {:<28}  {:<18}  {:>10}  {}\n", "SEQUENCE", "TIME", "CHANGE", "SIZE",
                        "BLOB"));
}

// Until the process is interrupted.
Result<ExitCode> Follow(Context& context, Journal& journal, uint64_t after) {
  constexpr size_t kPageEvents = 1000;
  constexpr auto kLookInterval = std::chrono::seconds(1);
  for (;;) {
    const std::vector<Event> events = TRY(journal.Read(after, kPageEvents));
    for (const Event& event : events) {
      if (context.json()) {
        PrintJsonLine(ToJson(event));
      } else {
        PrintRow(event);
      }
      after = event.sequence;
    }
    if (events.empty()) journal.Wait(after, kLookInterval, std::stop_token());
  }
}

Result<ExitCode> Show(Context& context, const Options& options) {
  const std::shared_ptr<Account> account = TRY(context.accounts.OpenAccount(options.account));
  Journal& journal = account->journal();
  const uint64_t head = TRY(journal.Head());
  const uint64_t newest = head - std::min(head, options.limit);
  const uint64_t after = options.after.value_or(newest);
  if (!context.json()) PrintHeader();
  if (options.follow) return Follow(context, journal, after);

  const std::vector<Event> events = TRY(journal.Read(after, options.limit));
  if (context.json()) {
    Json list = Json::array();
    for (const Event& event : events) list.push_back(ToJson(event));
    PrintJson(list);
  } else {
    for (const Event& event : events) PrintRow(event);
  }
  return ExitCode::kOk;
}

}  // namespace

void AddJournalCommands(CommandLine& line) {
  CLI::App& group = line.Group("journal", "The ordered log of an account's changes.");
  const auto options = std::make_shared<Options>();
  CLI::App& command = line.Add(group,
                               {.name = "show",
                                .sentence = "Prints an account's changes, oldest first.",
                                .example = "replicafs journal show westus --after 1000 --follow",
                                .exit_codes = {}},
                               [options](Context& context) { return Show(context, *options); });
  command.add_option("ACCOUNT", options->account, "The account")->required();
  command
      .add_option("--after", options->after,
                  "Changes above this sequence (default: the newest ones)")
      ->type_name("N");
  command.add_option("--limit", options->limit, "At most so many changes (default: 100)")
      ->type_name("N")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1'000'000}).description(""));
  command.add_flag("--follow", options->follow,
                   "Go on with what happens; with JSON one object a line");
}

}  // namespace replicafs
