// container retention set | show | clear
#include <charconv>

#include "backend/retention/retention_rules.h"
#include "tools/container_command.h"

namespace replicafs {
namespace {

struct Target {
  OpenContainer container;
  std::string text;

  BlobStore& store() const { return container.account->store(); }
  const std::string& name() const { return container.info.name; }
};

Result<Target> FindTarget(Context& context, const std::string& text) {
  const AccountPath path = TRY(ParseContainerPath(text));
  OpenContainer container = TRY(OpenContainerAt(context.accounts, path));
  return Target{.container = std::move(container), .text = text};
}

Json ToJson(const RetentionRules& rules) {
  const auto number = [](const std::optional<uint32_t>& value) {
    return value ? Json(*value) : Json(nullptr);
  };
  const auto days = [](const std::optional<TierMove>& move) {
    return move ? Json(move->after_days) : Json(nullptr);
  };
  const auto tier = [](const std::optional<TierMove>& move) {
    return move ? Json(ToString(move->tier)) : Json(nullptr);
  };
  return {{"keepVersions", number(rules.keep_versions)},
          {"keepDays", number(rules.keep_days)},
          {"tierAfterDays", days(rules.move)},
          {"tier", tier(rules.move)},
          {"currentTierAfterDays", days(rules.current_move)},
          {"currentTier", tier(rules.current_move)},
          {"currentDeleteAfterDays", number(rules.current_delete_days)}};
}

using ByPrefix = std::map<std::string, RetentionRules>;

// The rules of all names stand in the object itself.
Json ToJson(const std::string& container, const ByPrefix& by_prefix) {
  Json object = {{"container", container}};
  const auto all = by_prefix.find("");
  object.update(ToJson(all == by_prefix.end() ? RetentionRules() : all->second));
  object["prefixes"] = Json::array();
  for (const auto& [prefix, rules] : by_prefix) {
    if (prefix.empty()) continue;
    Json one = {{"prefix", prefix}};
    one.update(ToJson(rules));
    object["prefixes"].push_back(std::move(one));
  }
  return object;
}

std::string MoveSentence(const std::string& what, const std::optional<TierMove>& move) {
  if (!move) return {};
  return what + " moved to tier " + std::string(ToString(move->tier)) + " after " +
         std::to_string(move->after_days) + " days\n";
}

std::string Sentence(const RetentionRules& rules) {
  std::string keep;
  if (rules.keep_versions)
    keep = "the newest " + std::to_string(*rules.keep_versions) + " of each blob";
  if (rules.keep_days) {
    if (!keep.empty()) keep += ", and ";
    keep += "those of the last " + std::to_string(*rules.keep_days) + " days";
  }
  std::string text = "previous versions kept: " + (keep.empty() ? std::string("all") : keep) + "\n";
  text += MoveSentence("previous versions", rules.move);
  text += MoveSentence("current versions", rules.current_move);
  if (rules.current_delete_days)
    text += "blobs deleted " + std::to_string(*rules.current_delete_days) +
            " days after they were written\n";
  return text;
}

std::string Sentences(const ByPrefix& by_prefix) {
  std::string text;
  for (const auto& [prefix, rules] : by_prefix)
    text += (prefix.empty() ? "" : "names that begin with '" + Printable(prefix) + "': ") +
            Sentence(rules);
  return text.empty() ? "no rules: every version is kept until it is deleted\n" : text;
}

// What a set of rules does beyond what it says.
std::string Notes(const Target& target, const RetentionRules& rules) {
  const bool is_destination = !target.container.info.destination_policy_id.empty();
  if (is_destination && rules.current_move && rules.current_move->tier == Tier::kArchive)
    return "later changes of archived replicas are not copied until another tier is set\n";
  if (!is_destination && rules.current_delete_days)
    return "where a policy copies this container, the blobs are deleted at its destination too\n";
  return {};
}

struct SetOptions {
  std::string path;
  std::string prefix;
  std::optional<uint32_t> keep_versions;
  std::optional<uint32_t> keep_days;
  std::string tier_after_days;
  std::string current_tier_after_days;
  std::optional<uint32_t> current_delete_after_days;
};

// "30:Cool"; nullopt when nothing is given.
Result<std::optional<TierMove>> ParseTierMove(const std::string& option, const std::string& text) {
  if (text.empty()) return std::optional<TierMove>();
  TierMove move;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), move.after_days);
  const size_t used = static_cast<size_t>(end - text.data());
  const bool has_colon = error == std::errc() && used < text.size() && text[used] == ':';
  const auto tier = has_colon ? ParseTier(text.substr(used + 1)) : std::nullopt;
  if (!tier || *tier == Tier::kHot)
    return UsageError(option + " '" + text +
                      "' is not of the form DAYS:TIER, such as 30:Cool (Cool, Cold or Archive)");
  move.tier = *tier;
  return std::optional(move);
}

Result<ExitCode> Set(Context& context, const SetOptions& options) {
  RetentionRules rules{.keep_versions = options.keep_versions,
                       .keep_days = options.keep_days,
                       .current_delete_days = options.current_delete_after_days};
  rules.move = TRY(ParseTierMove("--tier-after-days", options.tier_after_days));
  rules.current_move =
      TRY(ParseTierMove("--current-tier-after-days", options.current_tier_after_days));
  if (rules.empty())
    return UsageError(
        "say what to keep: --keep-versions, --keep-days, --tier-after-days, "
        "--current-tier-after-days, --current-delete-after-days");
  const Target target = TRY(FindTarget(context, options.path));
  TRY(SetRetention(target.store(), target.name(), rules, options.prefix));
  const auto retention = TRY(ReadRetention(target.store(), target.name()));
  const ByPrefix by_prefix = retention ? retention->by_prefix : ByPrefix();
  if (context.json()) {
    PrintJson(ToJson(target.text, by_prefix));
  } else {
    PrintText(target.text + ": " + Sentences(by_prefix) + Notes(target, rules));
  }
  return ExitCode::kOk;
}

Result<ExitCode> Show(Context& context, const std::string& path) {
  const Target target = TRY(FindTarget(context, path));
  const auto retention = TRY(ReadRetention(target.store(), target.name()));
  const ByPrefix by_prefix = retention ? retention->by_prefix : ByPrefix();
  if (context.json()) {
    PrintJson(ToJson(target.text, by_prefix));
  } else {
    PrintText(Sentences(by_prefix));
  }
  return ExitCode::kOk;
}

struct ClearOptions {
  std::string path;
  std::string prefix;
};

Result<ExitCode> Clear(Context& context, const ClearOptions& options) {
  const Target target = TRY(FindTarget(context, options.path));
  if (options.prefix.empty()) {
    TRY(ClearRetention(target.store(), target.name()));
  } else {
    TRY(ClearRetention(target.store(), target.name(), options.prefix));
  }
  const auto retention = TRY(ReadRetention(target.store(), target.name()));
  const ByPrefix by_prefix = retention ? retention->by_prefix : ByPrefix();
  if (context.json()) {
    PrintJson(ToJson(target.text, by_prefix));
  } else if (by_prefix.empty()) {
    PrintText("every version of " + target.text + " is kept from now on\n");
  } else {
    PrintText(target.text + ": " + Sentences(by_prefix));
  }
  return ExitCode::kOk;
}

constexpr char kPrefixText[] = "Of names that begin so (default: of all others)";

void AddSet(CommandLine& line, CLI::App& group) {
  const auto options = std::make_shared<SetOptions>();
  CLI::App& command = line.Add(
      group,
      {.name = "set",
       .sentence =
           "Says which versions are kept, and where. Replaces what was set before for the prefix;\n"
           "of several prefixes that begin a name the longest counts, alone.\n\n"
           "A previous version is deleted for good when each rule of keeping that is given lets "
           "it\n"
           "go; its age counts from when it was replaced or removed. A blob that is deleted by "
           "its\n"
           "age, which counts from when it was written, or copied here, becomes a previous "
           "version\n"
           "first. What a policy has still to copy is left alone until it has. At a source,\n"
           "deleting blobs deletes their replicas too, as any deletion does.",
       .example =
           "replicafs container retention set westus/photos --keep-versions 10 --keep-days 30\n"
           "  replicafs container retention set westus/photos --tier-after-days 30:Cool\n"
           "  replicafs container retention set eastus/photos --prefix 2025/ \\\n"
           "      --current-tier-after-days 7:Archive --keep-days 90",
       .exit_codes = {}},
      [options](Context& context) { return Set(context, *options); });
  command.add_option(kContainerPathText, options->path, "The container")->required();
  command.add_option("--prefix", options->prefix, kPrefixText)->type_name("P");
  command.add_option("--keep-versions", options->keep_versions, "The newest N of each blob")
      ->type_name("N");
  command.add_option("--keep-days", options->keep_days, "Those that are younger than D days")
      ->type_name("D");
  command
      .add_option("--tier-after-days", options->tier_after_days,
                  "Move previous versions that are kept and older to Cool, Cold or Archive")
      ->type_name("D:TIER");
  command
      .add_option("--current-tier-after-days", options->current_tier_after_days,
                  "Move current versions that are older to Cool, Cold or Archive")
      ->type_name("D:TIER");
  command
      .add_option("--current-delete-after-days", options->current_delete_after_days,
                  "Delete blobs that were written, or copied here, more than D days ago")
      ->type_name("D");
}

void AddClear(CommandLine& line, CLI::App& group) {
  const auto options = std::make_shared<ClearOptions>();
  CLI::App& command = line.Add(group,
                               {.name = "clear",
                                .sentence = "Removes the rules: every version is kept.",
                                .example = "replicafs container retention clear westus/photos",
                                .exit_codes = "5: also, there are no rules for the prefix."},
                               [options](Context& context) { return Clear(context, *options); });
  command.add_option(kContainerPathText, options->path, "The container")->required();
  command.add_option("--prefix", options->prefix, "Only those of this prefix (default: all)")
      ->type_name("P");
}

}  // namespace

void AddContainerRetention(CommandLine& line, CLI::App& container_group) {
  CLI::App& group =
      line.Group(container_group, "retention", "How long versions are kept, and in which tier.");
  AddSet(line, group);
  AddContainerCommand(line, group,
                      {.name = "show",
                       .sentence = "Prints the rules of a container.",
                       .example = "replicafs container retention show westus/photos",
                       .exit_codes = {}},
                      Show);
  AddClear(line, group);
  AddContainerRetentionApply(line, group);
}

}  // namespace replicafs
