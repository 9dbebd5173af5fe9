#include "oracle/view/ladder.h"

#include <algorithm>
#include <vector>

#include "oracle/view/rows.h"

namespace lockstep::view {
namespace {

constexpr std::size_t columns_max = 110;
constexpr std::size_t margin = 8;

// One line of text in which things are put at columns; later ones cover earlier ones.
class Line {
 public:
  void put(std::size_t column, std::string_view text) {
    if (column >= columns_max) return;
    text = text.substr(0, columns_max - column);
    if (text_.size() < column + text.size()) text_.resize(column + text.size(), ' ');
    text_.replace(column, text.size(), text);
  }
  void fill(std::size_t from, std::size_t to, char c) {
    if (from < to) put(from, std::string(to - from, c));
  }
  std::string end() && {
    text_.erase(text_.find_last_not_of(' ') + 1);
    return text_ + "\n";
  }

 private:
  std::string text_;
};

class Drawing {
 public:
  explicit Drawing(const judge::Trace& trace) : trace_(trace) {
    lane_ = (columns_max - margin) / std::max<std::size_t>(trace.scenario.hosts.size(), 1);
  }

  std::string draw() const {
    std::string text = header();
    for (const Row& row : rows_of(trace_)) text += line_of(row);
    return text;
  }

 private:
  std::size_t column(scenario::HostIndex host) const { return margin + host * lane_; }
  bool known(scenario::HostIndex host) const { return host < trace_.scenario.hosts.size(); }

  std::string header() const {
    Line line;
    for (std::size_t host = 0; host < trace_.scenario.hosts.size(); ++host) {
      const auto& shown = trace_.scenario.hosts[host];
      std::string text = shown.name;
      if (!shown.config.addresses.empty()) text += " " + to_string(shown.config.addresses.front());
      line.put(column(static_cast<scenario::HostIndex>(host)), text.substr(0, lane_ - 1));
    }
    return std::move(line).end();
  }

  std::string line_of(const Row& row) const {
    Line line;
    if (row.step != 0) {
      line.put(1, "[" + std::to_string(row.step) + "]" + (row.failing ? "!" : ""));
    }
    for (std::size_t host = 0; host < trace_.scenario.hosts.size(); ++host) {
      line.put(column(static_cast<scenario::HostIndex>(host)), "|");
    }
    switch (row.kind) {
      case Row::Kind::note:
        line.fill(margin, columns_max, ' ');
        line.put(margin, "* " + row.text);
        break;
      case Row::Kind::call:
        line.put(column(row.host) + 2, row.text);
        break;
      case Row::Kind::crossing:
      case Row::Kind::departs:
      case Row::Kind::arrives:
      case Row::Kind::lost:
      case Row::Kind::forged:
        draw_packet(line, row);
        break;
    }
    return std::move(line).end();
  }

  // The arrow lies between the two bars; where one end is unknown, beside the other one.
  void draw_packet(Line& line, const Row& row) const {
    const scenario::HostIndex receiver = known(row.peer) ? row.peer : row.host;
    const scenario::HostIndex sender = known(row.host) ? row.host : row.peer;
    if (!known(sender) || sender == receiver) {
      const std::size_t at = known(sender) ? column(sender) + 2 : margin;
      return line.put(at, marker(row) + label(row));
    }
    const bool rightwards = sender < receiver;
    const std::size_t left = column(std::min(sender, receiver)) + 1;
    const std::size_t right = column(std::max(sender, receiver));
    const bool from_start = row.kind == Row::Kind::crossing || row.kind == Row::Kind::departs;
    const bool to_end = row.kind != Row::Kind::departs && row.kind != Row::Kind::lost;
    const std::size_t gap = 4;
    // The near end is the sender's, the far end the receiver's.
    const std::size_t begin = left + ((rightwards ? from_start : to_end) ? 0 : gap);
    const std::size_t end = right - ((rightwards ? to_end : from_start) ? 0 : gap);
    if (row.kind != Row::Kind::lost) {
      line.fill(begin, end, '-');
      rightwards ? line.put(end - 1, ">") : line.put(begin, "<");
    }
    const std::size_t room = end - begin > 8 ? end - begin - 7 : 1;
    line.put(begin + 3, " " + fitted(marker(row) + label(row), room) + " ");
  }

  // Whole words as far as there is room; the last ones matter least.
  static std::string fitted(std::string text, std::size_t room) {
    while (text.size() > room) {
      const std::size_t space = text.find_last_of(' ');
      text.resize(space == std::string::npos ? room : space);
    }
    return text;
  }

  static std::string marker(const Row& row) {
    if (row.kind == Row::Kind::lost) return "X ";
    if (row.kind == Row::Kind::forged) return "# forged ";
    return "";
  }

  static std::string label(const Row& row) {
    const bool joined = row.kind == Row::Kind::departs || row.kind == Row::Kind::arrives ||
                        row.kind == Row::Kind::lost;
    return joined ? flight_name(row.flight) + " " + row.text : row.text;
  }

  const judge::Trace& trace_;
  std::size_t lane_;
};

// Breaks at spaces so that no line is longer than the diagram is wide.
std::string wrapped(const std::string& text) {
  std::string result;
  std::size_t column = 0;
  std::size_t space = std::string::npos;
  for (const char c : text) {
    result += c;
    column = c == '\n' ? 0 : column + 1;
    if (c == '\n') space = std::string::npos;
    if (c == ' ' && column > 16) space = result.size() - 1;
    if (column > columns_max && space != std::string::npos) {
      result.replace(space, 1, "\n            ");
      column = result.size() - space - 1;
      space = std::string::npos;
    }
  }
  return result;
}

}  // namespace

std::string to_ladder(const judge::Trace& trace) {
  return Drawing(trace).draw() + "\n" + wrapped(judge::explain(trace.verdict));
}

}  // namespace lockstep::view
