// versions diff PATH [VERSION [VERSION]]
#include <algorithm>

#include "tools/content_diff.h"
#include "tools/progress.h"
#include "tools/versions_target.h"

namespace replicafs {
namespace {

constexpr size_t kRangesShown = 40;

struct Options {
  std::string path;
  std::vector<std::string> versions;
};

struct Pair {
  BlobInfo before;
  BlobInfo after;
};

struct ChangedProperty {
  std::string name;
  std::string before;  // empty: not set
  std::string after;
};

struct ContentDifference {
  bool equal = false;
  std::optional<std::string> unified;
  std::optional<DifferingRanges> ranges;
  std::string why_not;  // not compared
};

Result<Pair> FindPair(const VersionsTarget& target, const Options& options) {
  const auto versions = TRY(VersionsOf(target));
  if (options.versions.empty()) {
    if (versions.size() < 2)
      return Error{ErrorCode::kNotFound, "'" + target.text + "' has one version only"};
    return Pair{.before = versions[1], .after = versions[0]};
  }
  std::vector<BlobInfo> named;
  for (const std::string& text : options.versions) {
    const VersionId version = TRY(ParseVersionArgument(text));
    BlobInfo info = TRY(VersionOf(target, version));
    named.push_back(std::move(info));
  }
  if (named.size() == 2) return Pair{.before = named[0], .after = named[1]};
  if (!versions.front().is_current)
    return Error{ErrorCode::kNotFound,
                 "'" + target.text + "' has no current version: name two versions"};
  return Pair{.before = named[0], .after = versions.front()};
}

class PropertyComparison {
 public:
  void Add(const std::string& name, const std::string& before, const std::string& after) {
    if (before != after) changed_.push_back({name, before, after});
  }
  void AddMap(const std::string& kind, const StringMap& before, const StringMap& after) {
    StringMap both = before;
    both.insert(after.begin(), after.end());
    for (const auto& [key, value] : both) Add(kind + key, In(before, key), In(after, key));
  }
  std::vector<ChangedProperty> Take() { return std::move(changed_); }

 private:
  static std::string In(const StringMap& map, const std::string& key) {
    const auto found = map.find(key);
    return found == map.end() ? std::string() : found->second;
  }
  std::vector<ChangedProperty> changed_;
};

std::vector<ChangedProperty> CompareProperties(const BlobInfo& before, const BlobInfo& after) {
  const BlobProperties& a = before.properties;
  const BlobProperties& b = after.properties;
  PropertyComparison compare;
  compare.Add("size", std::to_string(before.size_bytes), std::to_string(after.size_bytes));
  compare.Add("created", ToString(before.created), ToString(after.created));
  compare.Add("lastModified", ToString(before.last_modified), ToString(after.last_modified));
  compare.Add("tier", std::string(ToString(a.tier)), std::string(ToString(b.tier)));
  compare.Add("contentType", a.headers.content_type, b.headers.content_type);
  compare.Add("contentEncoding", a.headers.content_encoding, b.headers.content_encoding);
  compare.Add("contentLanguage", a.headers.content_language, b.headers.content_language);
  compare.Add("contentDisposition", a.headers.content_disposition, b.headers.content_disposition);
  compare.Add("cacheControl", a.headers.cache_control, b.headers.cache_control);
  compare.AddMap("metadata.", a.metadata, b.metadata);
  compare.AddMap("tag.", a.tags, b.tags);
  return compare.Take();
}

Result<ContentDifference> CompareBytes(BlobReader& before, BlobReader& after, OutputFormat output) {
  const uint64_t size = std::min(before.info().size_bytes, after.info().size_bytes);
  Progress progress("comparing", output);
  DifferingRanges ranges =
      TRY(CompareContent(before, after, [&](uint64_t offset) { progress.Update(offset, size); }));
  progress.Finish();
  ContentDifference difference;
  difference.equal = ranges.ranges.empty() && before.info().size_bytes == after.info().size_bytes;
  if (!difference.equal) difference.ranges = std::move(ranges);
  return difference;
}

Result<ContentDifference> CompareReaders(BlobReader& before, BlobReader& after,
                                         const std::string& path, OutputFormat output) {
  if (before.blocks() && before.blocks() == after.blocks()) return ContentDifference{.equal = true};
  const auto old_text = TRY(ReadText(before));
  std::optional<std::string> new_text;
  if (old_text) new_text = TRY(ReadText(after));
  if (!old_text || !new_text) return CompareBytes(before, after, output);
  ContentDifference difference{.equal = *old_text == *new_text};
  if (difference.equal) return difference;
  difference.unified =
      TRY(UnifiedDiff(*old_text, *new_text, path + "@" + ToString(before.info().version),
                      path + "@" + ToString(after.info().version)));
  if (!difference.unified) {
    difference = TRY(CompareBytes(before, after, output));
    difference.why_not = "there is no program 'diff' to compare the lines";
  }
  return difference;
}

Result<ContentDifference> CompareVersions(const VersionsTarget& target, const Pair& pair,
                                          OutputFormat output) {
  const auto compare = [&]() -> Result<ContentDifference> {
    const auto before = TRY(target.store().Open(target.blob, pair.before.version));
    const auto after = TRY(target.store().Open(target.blob, pair.after.version));
    return CompareReaders(*before, *after, target.text, output);
  };
  auto compared = compare();
  if (compared || compared.error().code != ErrorCode::kArchived) return compared;
  return ContentDifference{.why_not = compared.error().message};
}

Json ContentJson(const ContentDifference& content) {
  const bool known = content.equal || content.unified || content.ranges;
  Json document = {{"equal", known ? Json(content.equal) : Json(nullptr)}};
  if (content.unified) document["unifiedDiff"] = *content.unified;
  if (content.ranges) {
    Json list = Json::array();
    for (const ByteRange& range : content.ranges->ranges)
      list.push_back({{"offset", range.offset}, {"bytes", range.size_bytes}});
    document["ranges"] = std::move(list);
    document["rangesOmitted"] = content.ranges->omitted;
    document["differingBytes"] = content.ranges->differing_bytes;
  }
  if (!content.why_not.empty()) document["reason"] = content.why_not;
  return document;
}

void PrintRanges(const DifferingRanges& ranges, const Pair& pair) {
  std::string text;
  for (size_t i = 0; i < std::min(ranges.ranges.size(), kRangesShown); ++i) {
    const ByteRange& range = ranges.ranges[i];
    text += "bytes " + std::to_string(range.offset) + "-" +
            std::to_string(range.offset + range.size_bytes - 1) + " differ (" +
            HumanBytes(range.size_bytes) + ")\n";
  }
  const uint64_t all = ranges.ranges.size() + ranges.omitted;
  if (all > kRangesShown)
    text += std::to_string(all - kRangesShown) + " more ranges differ; " +
            HumanBytes(ranges.differing_bytes) + " in all\n";
  const uint64_t sizes[] = {pair.before.size_bytes, pair.after.size_bytes};
  if (sizes[0] != sizes[1])
    text += "bytes from " + std::to_string(std::min(sizes[0], sizes[1])) + " on are in " +
            (sizes[0] > sizes[1] ? "the first version" : "the second version") + " only\n";
  PrintText(text);
}

void PrintDifference(const Pair& pair, const std::vector<ChangedProperty>& properties,
                     const ContentDifference& content) {
  Table table({{"PROPERTY"}, {ToString(pair.before.version)}, {ToString(pair.after.version)}});
  for (const ChangedProperty& property : properties)
    table.AddRow({Printable(property.name), OrDash(Printable(property.before)),
                  OrDash(Printable(property.after))});
  PrintText(table.empty() ? "the properties are equal\n" : table.ToString());
  if (!content.why_not.empty()) PrintText("content: " + Printable(content.why_not) + "\n");
  if (content.equal) PrintText("the contents are equal\n");
  if (content.unified) PrintText("\n" + *content.unified);
  if (content.ranges) PrintRanges(*content.ranges, pair);
}

Result<ExitCode> Diff(Context& context, const Options& options) {
  const VersionsTarget target = TRY(FindBlobTarget(context, options.path));
  const Pair pair = TRY(FindPair(target, options));
  const auto properties = CompareProperties(pair.before, pair.after);
  const ContentDifference content = TRY(CompareVersions(target, pair, context.output));
  if (!context.json()) {
    PrintDifference(pair, properties, content);
    return ExitCode::kOk;
  }
  Json changed = Json::array();
  for (const ChangedProperty& property : properties)
    changed.push_back(
        {{"name", property.name}, {"before", property.before}, {"after", property.after}});
  PrintJson({{"before", VersionJson(pair.before)},
             {"after", VersionJson(pair.after)},
             {"properties", std::move(changed)},
             {"content", ContentJson(content)}});
  return ExitCode::kOk;
}

}  // namespace

void AddVersionsDiff(CommandLine& line, CLI::App& group) {
  const auto options = std::make_shared<Options>();
  CLI::App& command = line.Add(
      group,
      {.name = "diff",
       .sentence = "Prints what differs between two versions of a blob.",
       .example = "replicafs versions diff westus/docs/notes.txt\n"
                  "  replicafs versions diff westus/docs/notes.txt 2026-11-20T20:31:07.1234567Z",
       .exit_codes = {}},
      [options](Context& context) { return Diff(context, *options); });
  command.add_option("PATH", options->path, kBlobPathText)->required();
  command
      .add_option("VERSION-ID", options->versions,
                  "Two versions; one: that and the current one; none: the newest two")
      ->expected(0, 2);
}

}  // namespace replicafs
