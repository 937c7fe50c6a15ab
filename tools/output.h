// What commands print: tables for people, one JSON document for programs.
//
// JSON: keys in lowerCamelCase, times as 7-digit UTC strings, sizes in bytes; keys are only ever
// added. Errors go to stderr, as a line or as {"error":{"code":…,"message":…}}.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backend/base/result.h"
#include "backend/base/time.h"

namespace replicafs {

using Json = nlohmann::ordered_json;

enum class OutputFormat { kHuman, kJson };

// Columns as wide as their widest cell; numbers stand right.
class Table {
 public:
  enum class Align { kLeft, kRight };
  struct Column {
    std::string title;
    Align align = Align::kLeft;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void AddRow(std::vector<std::string> cells);  // as many as there are columns
  bool empty() const { return rows_.empty(); }
  std::string ToString() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// "name   value" lines.
std::string ToString(const std::vector<std::pair<std::string, std::string>>& fields);

// Control characters as \xNN: a blob's name cannot move a terminal's cursor.
std::string Printable(std::string_view text);
std::string HumanBytes(uint64_t bytes);       // "1.2 MiB"
std::string HumanDuration(uint64_t seconds);  // "3 m 20 s"
std::string OrDash(std::string text);         // "-" when empty
Json JsonTime(Timestamp time);                // null when zero

void PrintText(std::string_view text);  // to stdout
void PrintJson(const Json& document);   // to stdout, indented
void PrintJsonLine(const Json& document);
void PrintError(const Error& error, OutputFormat format);
void PrintWarning(std::string_view sentence);  // to stderr: "replicafs: warning: …"

}  // namespace replicafs
