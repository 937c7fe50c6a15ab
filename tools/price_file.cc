#include "tools/price_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace replicafs {
namespace {

struct Key {
  std::string_view name;
  double PriceList::*price;
  std::string_view about;
};

constexpr std::string_view kCurrency = "currency";
constexpr std::array<Key, 5> kKeys = {{
    {"change_feed_read_per_10000_records", &PriceList::change_feed_read_per_10000_records,
     "reading 10,000 records of the source's change feed"},
    {"source_read_per_10000_operations", &PriceList::source_read_per_10000_operations,
     "reading 10,000 blobs or versions at the source"},
    {"destination_write_per_10000_operations", &PriceList::destination_write_per_10000_operations,
     "writing 10,000 blobs or versions at the destination"},
    {"egress_per_gib", &PriceList::egress_per_gib, "sending 1 GiB from the source's region"},
    {"destination_storage_per_gib_month", &PriceList::destination_storage_per_gib_month,
     "keeping 1 GiB at the destination for a month"},
}};

Error Wrong(std::string_view file, const toml::source_region& source, const std::string& what) {
  return Error{ErrorCode::kInvalid, fmt::format("{}, line {}: {}", file, source.begin.line, what)};
}

Result<toml::table> Parse(std::string_view text, std::string_view file) {
  // The packaged library reports by exception.
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    return Wrong(file, error.source(), std::string(error.description()));
  }
}

Status TakePrice(const Key& key, const toml::node& node, std::string_view file, double& price) {
  const std::optional<double> value = node.value<double>();
  if (!node.is_number() || !value || !std::isfinite(*value) || *value < 0)
    return Wrong(file, node.source(),
                 "'" + std::string(key.name) + "' is no price: write a number, 0 or more");
  price = *value;
  return Ok();
}

}  // namespace

std::string PrintPrices(const PriceList& prices) {
  std::string text =
      "# Prices for `replicafs policy estimate --prices FILE`.\n"
      "# These are examples, of no service in particular: take those of your accounts, from your\n"
      "# region and contract. A key that is left out keeps its example.\n\n"
      "# What the prices are in; printed beside every sum.\n";
  text += fmt::format("{} = \"{}\"\n", kCurrency, prices.currency);
  for (const Key& key : kKeys)
    text += fmt::format("\n# {}\n{} = {}\n", key.about, key.name, prices.*key.price);
  return text;
}

Result<PriceList> ParsePrices(std::string_view text, std::string_view file) {
  const toml::table table = TRY(Parse(text, file));
  PriceList prices;
  for (const auto& [name, node] : table) {
    if (name.str() == kCurrency) {
      const std::optional<std::string> value = node.value<std::string>();
      if (!node.is_string() || value->empty())
        return Wrong(file, node.source(), "'currency' is no text: write \"EUR\", for instance");
      prices.currency = *value;
      continue;
    }
    const auto* const key =
        std::find_if(kKeys.begin(), kKeys.end(),
                     [&, &known = name](const Key& one) { return one.name == known.str(); });
    if (key == kKeys.end())
      return Wrong(file, node.source(),
                   "'" + std::string(name.str()) +
                       "' is no price; see: replicafs policy estimate --print-prices");
    TRY(TakePrice(*key, node, file, prices.*key->price));
  }
  return prices;
}

}  // namespace replicafs
