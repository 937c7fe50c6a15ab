#include "tools/output.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "backend/base/result.h"
#include "backend/blob/utf8.h"

namespace replicafs {
namespace {

// Characters, which for the names that people use is how many columns they take.
size_t Width(std::string_view text) {
  size_t width = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) ++width;
  }
  return width;
}

void AppendCell(std::string& line, const std::string& cell, size_t width, Table::Align align) {
  const std::string padding(width - Width(cell), ' ');
  line += align == Table::Align::kRight ? padding + cell : cell + padding;
}

std::string Dump(const Json& document, int indent) {
  return document.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

void Table::AddRow(std::vector<std::string> cells) {
  REPLICAFS_CHECK(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
}

std::string Table::ToString() const {
  std::vector<size_t> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    size_t width = Width(columns_[i].title);
    for (const auto& row : rows_) width = std::max(width, Width(row[i]));
    widths.push_back(width);
  }
  std::string text;
  const auto append = [&](const auto& cell_of) {
    std::string line;
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (i > 0) line += "  ";
      AppendCell(line, cell_of(i), widths[i], columns_[i].align);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  };
  append([&](size_t i) { return columns_[i].title; });
  for (const auto& row : rows_) append([&](size_t i) { return row[i]; });
  return text;
}

std::string ToString(const std::vector<std::pair<std::string, std::string>>& fields) {
  size_t width = 0;
  for (const auto& [name, value] : fields) width = std::max(width, Width(name));
  std::string text;
  for (const auto& [name, value] : fields)
    text += name + std::string(width - Width(name) + 2, ' ') + value + "\n";
  return text;
}

std::string Printable(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      safe += fmt::format("\\x{:02x}", byte);
    } else {
      safe += c;
    }
  }
  return safe;
}

std::string HumanBytes(uint64_t bytes) {
  constexpr std::array kUnits = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  double amount = static_cast<double>(bytes) / 1024;
  size_t unit = 0;
  while (amount >= 1023.95 && unit + 1 < kUnits.size()) {
    amount /= 1024;
    ++unit;
  }
  return fmt::format("{:.1f} {}", amount, kUnits[unit]);
}

std::string HumanDuration(uint64_t seconds) {
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return fmt::format("{} m {} s", seconds / 60, seconds % 60);
  if (seconds < 86400) return fmt::format("{} h {} m", seconds / 3600, seconds / 60 % 60);
  return fmt::format("{} d {} h", seconds / 86400, seconds / 3600 % 24);
}

std::string OrDash(std::string text) {
  return text.empty() ? "-" : text;
}

Json JsonTime(Timestamp time) {
  return time == Timestamp{} ? Json(nullptr) : Json(ToString(time));
}

void PrintText(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void PrintJson(const Json& document) {
  PrintText(Dump(document, 2) + "\n");
}

void PrintJsonLine(const Json& document) {
  PrintText(Dump(document, -1) + "\n");
}

void PrintError(const Error& error, OutputFormat format) {
  if (format == OutputFormat::kJson) {
    const Json document = {
        {"error", {{"code", ErrorCodeName(error.code)}, {"message", error.message}}}};
    std::fprintf(stderr, "%s\n", Dump(document, -1).c_str());
  } else {
    std::fprintf(stderr, "replicafs: %s\n", Printable(error.message).c_str());
  }
}

void PrintWarning(std::string_view sentence) {
  std::fprintf(stderr, "replicafs: warning: %s\n", Printable(sentence).c_str());
}

}  // namespace replicafs
