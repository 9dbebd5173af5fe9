#include <algorithm>
#include <cstdio>

#include "oracle/discriminate/measure.h"

namespace lockstep::discriminate {
namespace {

constexpr std::size_t line_width = 100;

double percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string row(std::string_view name, const KindFigures& f) {
  const std::uint64_t survived = f.changes - f.rejected - f.inconclusive;
  char line[160];
  std::snprintf(
      line, sizeof line, "  %-10.*s %8llu %9llu %8.2f %% %10llu %13llu %10llu\n",
      static_cast<int>(name.size()), name.data(), static_cast<unsigned long long>(f.changes),
      static_cast<unsigned long long>(f.rejected), percent(f.rejected, f.changes),
      static_cast<unsigned long long>(f.unsettled), static_cast<unsigned long long>(f.inconclusive),
      static_cast<unsigned long long>(survived));
  return line;
}

// "  errno: tcp.connect.states 12, ..." with the most frequent first, wrapped.
std::string rules_text(std::string_view kind, const KindFigures& figures) {
  std::vector<std::pair<std::string, std::uint64_t>> rules(figures.by_rule.begin(),
                                                           figures.by_rule.end());
  std::ranges::sort(rules, [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  std::string text;
  std::string line = "  " + std::string(kind) + ":";
  for (const auto& [rule, count] : rules) {
    const std::string word = " " + rule + " " + std::to_string(count);
    if (line.size() + word.size() > line_width) {
      text += line + "\n";
      line = "   ";
    }
    line += word;
  }
  return text + line + "\n";
}

}  // namespace

std::string to_text(const Figures& figures) {
  std::uint64_t changes = 0;
  for (const KindFigures& f : figures.of_kind) changes += f.changes;
  std::string text = std::to_string(figures.traces) + " accepted traces (" +
                     std::to_string(figures.not_accepted) + " others left out), " +
                     std::to_string(changes) + " changes\n" +
                     "  kind        changes  rejected      share  unsettled  inconclusive  "
                     "survivors\n";
  for (std::size_t kind = 0; kind < kind_count; ++kind) {
    text += row(kind_name(static_cast<Kind>(kind)), figures.of_kind[kind]);
  }
  text += "rejected by\n";
  for (std::size_t kind = 0; kind < kind_count; ++kind) {
    if (figures.of_kind[kind].by_rule.empty()) continue;
    text += rules_text(kind_name(static_cast<Kind>(kind)), figures.of_kind[kind]);
  }
  return text;
}

std::string survivors_text(const Figures& figures, std::size_t most) {
  using Row = const std::pair<const std::pair<Kind, std::string>, SurvivorClass>*;
  std::vector<Row> rows;
  for (const auto& alike : figures.classes) {
    if (alike.second.count > 0) rows.push_back(&alike);
  }
  // Those with the highest counts, in the order of kinds.
  const auto more = [](Row a, Row b) {
    if (a->second.count != b->second.count) return a->second.count > b->second.count;
    return a->first < b->first;
  };
  std::string text = std::to_string(rows.size()) + " classes of survivors\n";
  std::ranges::sort(rows, more);
  rows.resize(std::min(rows.size(), most));
  std::ranges::sort(rows, [&](Row a, Row b) {
    return a->first.first != b->first.first ? a->first.first < b->first.first : more(a, b);
  });
  for (const Row alike : rows) {
    text += "  " + std::string(kind_name(alike->first.first)) + ", " + alike->first.second + ": " +
            std::to_string(alike->second.count) + " of " + std::to_string(alike->second.changes) +
            "\n";
    for (const Survivor& one : alike->second.examples) {
      text += "      " + one.trace + " step " + std::to_string(one.step) + ": " + one.before +
              "\n          => " + one.after + "\n";
    }
  }
  return text;
}

}  // namespace lockstep::discriminate
