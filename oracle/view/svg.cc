#include "oracle/view/svg.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <string_view>
#include <vector>

#include "oracle/view/rows.h"

namespace lockstep::view {
namespace {

// Pixels.
constexpr std::size_t side = 340;  // Room beside the outer hosts for their calls.
constexpr std::size_t lane = 420;  // Between two hosts.
constexpr std::size_t head = 64;   // Above the first row.
constexpr std::size_t pitch = 24;  // From row to row.
constexpr std::size_t slant = 10;  // By how much a packet that crosses at once falls.

constexpr std::string_view style =
    "<style>text{font:13px ui-monospace,Menlo,Consolas,monospace;fill:#1a1a1a;paint-order:stroke;"
    "stroke:#fff;stroke-width:4px;stroke-linejoin:round}.host{font-weight:bold;font-size:15px}"
    ".bar{stroke:#888;stroke-width:1}.packet{stroke:#1f5fa8;stroke-width:1.5}"
    ".lost{stroke:#777;stroke-dasharray:5 4}.odd{stroke:#c96a00}.note{fill:#666}"
    ".wrong{fill:#b00020;font-weight:bold}.step{fill:#666}</style>";

constexpr std::string_view arrow_head =
    "<defs><marker id=\"head\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"8\" "
    "markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0L10 5L0 10z\" fill=\"#1f5fa8\"/></marker>"
    "</defs>";

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

struct Point {
  std::size_t x = 0;
  std::size_t y = 0;
};

class Drawing {
 public:
  explicit Drawing(const judge::Trace& trace) : trace_(trace), rows_(rows_of(trace)) {
    hosts_ = trace.scenario.hosts.size();
    std::istringstream lines(judge::explain(trace.verdict));
    for (std::string line; std::getline(lines, line);) verdict_.push_back(line);
  }

  std::string draw() && {
    for (std::size_t i = 0; i < rows_.size(); ++i) draw_row(rows_[i], y_of(i));
    draw_verdict();
    return open() + bars() + body_ + "</svg>\n";
  }

 private:
  std::size_t x_of(std::size_t host) const { return side + host * lane; }
  std::size_t y_of(std::size_t row) const { return head + row * pitch; }
  std::size_t width() const { return x_of(std::max<std::size_t>(hosts_, 1) - 1) + side; }
  std::size_t height() const { return y_of(rows_.size() + verdict_.size() + 2); }

  std::string open() const {
    const std::string size =
        "width=\"" + std::to_string(width()) + "\" height=\"" + std::to_string(height()) + "\"";
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" " + size + " viewBox=\"0 0 " +
           std::to_string(width()) + " " + std::to_string(height()) + "\" role=\"img\">\n" +
           "<title>" + escaped(trace_.verdict.cause()) + "</title>\n" + std::string(style) + "\n" +
           std::string(arrow_head) + "\n<rect " + size + " fill=\"#fff\"/>\n";
  }

  std::string bars() const {
    std::string text;
    for (std::size_t host = 0; host < hosts_; ++host) {
      const auto& shown = trace_.scenario.hosts[host];
      std::string title = shown.name;
      if (!shown.config.addresses.empty()) title += " " + to_string(shown.config.addresses.front());
      const std::string x = std::to_string(x_of(host));
      text += "<line class=\"bar\" x1=\"" + x + "\" y1=\"40\" x2=\"" + x + "\" y2=\"" +
              std::to_string(y_of(rows_.size())) + "\"/>\n";
      text += "<text class=\"host\" text-anchor=\"middle\" x=\"" + x + "\" y=\"28\">" +
              escaped(title) + "</text>\n";
    }
    return text;
  }

  void text(Point at, std::string_view anchor, std::string_view kind, std::string_view content) {
    body_ += "<text class=\"" + std::string(kind) + "\" text-anchor=\"" + std::string(anchor) +
             "\" x=\"" + std::to_string(at.x) + "\" y=\"" + std::to_string(at.y) + "\">" +
             escaped(content) + "</text>\n";
  }

  void line(Point from, Point to, std::string_view kind, bool arrow) {
    body_ += "<line class=\"packet " + std::string(kind) + "\" x1=\"" + std::to_string(from.x) +
             "\" y1=\"" + std::to_string(from.y) + "\" x2=\"" + std::to_string(to.x) + "\" y2=\"" +
             std::to_string(to.y) + "\"" + (arrow ? " marker-end=\"url(#head)\"" : "") + "/>\n";
  }

  void draw_row(const Row& row, std::size_t y) {
    const std::string_view kind = row.failing ? "wrong" : "";
    if (row.step != 0) {
      text({8, y}, "start", row.failing ? "wrong" : "step", "[" + std::to_string(row.step) + "]");
    }
    switch (row.kind) {
      case Row::Kind::note:
        text({48, y}, "start", row.failing ? "wrong" : "note", row.text);
        break;
      case Row::Kind::call:
        // The first host's calls stand to its left, away from the packets.
        if (row.host == 0 && hosts_ > 1) {
          text({x_of(0) - 10, y}, "end", kind, row.text);
        } else {
          text({x_of(row.host) + 10, y}, "start", kind, row.text);
        }
        break;
      case Row::Kind::crossing:
        packet({row.host, row.peer, y - slant, y + slant}, row, "", true);
        break;
      case Row::Kind::departs:
        departed_[row.flight] = y;
        if (!arrives_later(row.flight)) packet({row.host, row.peer, y - slant, y}, row, "", false);
        break;
      case Row::Kind::arrives:
        packet({row.host, row.peer, departure(row.flight, y), y}, row,
               row.text.find("damaged") != std::string::npos ? "odd" : "", true);
        break;
      case Row::Kind::lost:
        packet({row.host, row.peer, departure(row.flight, y), y}, row, "lost", false);
        break;
      case Row::Kind::forged:
        packet({row.host, row.peer, y - slant, y + slant}, row, "odd", true);
        break;
    }
  }

  struct Span {
    std::size_t from = 0;
    std::size_t to = 0;
    std::size_t y_from = 0;
    std::size_t y_to = 0;
  };

  // From one bar to another. What is lost ends half-way; what nobody sent starts there.
  void packet(Span span, const Row& row, std::string_view kind, bool arrives) {
    if (span.from >= hosts_ && span.to >= hosts_) return;
    Point from{x_of(span.from), span.y_from};
    Point to{x_of(span.to), span.y_to};
    if (span.from >= hosts_) from.x = to.x > side ? to.x - lane / 2 : to.x + lane / 2;
    if (span.to >= hosts_) to.x = from.x + lane / 2;
    if (!arrives && span.to < hosts_) to = {(from.x + to.x) / 2, (from.y + to.y) / 2};
    line(from, to, kind, arrives);
    if (kind == "lost") text({to.x, to.y + 5}, "middle", "", "\u2715");
    const std::string label = row.kind == Row::Kind::forged ? "forged " + row.text : row.text;
    const std::size_t middle = (from.x + to.x) / 2;
    text({middle, (from.y + to.y) / 2 - 4}, "middle", row.failing ? "wrong" : "", label);
  }

  bool arrives_later(std::uint64_t flight) const {
    return std::ranges::any_of(rows_, [&](const Row& row) {
      return row.flight == flight &&
             (row.kind == Row::Kind::arrives || row.kind == Row::Kind::lost);
    });
  }

  std::size_t departure(std::uint64_t flight, std::size_t otherwise) const {
    const auto found = departed_.find(flight);
    return found != departed_.end() ? found->second : otherwise - slant;
  }

  void draw_verdict() {
    for (std::size_t i = 0; i < verdict_.size(); ++i) {
      text({48, y_of(rows_.size() + 1 + i)}, "start", i == 0 ? "wrong" : "", verdict_[i]);
    }
  }

  const judge::Trace& trace_;
  std::vector<Row> rows_;
  std::size_t hosts_ = 0;
  std::vector<std::string> verdict_;
  std::map<std::uint64_t, std::size_t> departed_;
  std::string body_;
};

}  // namespace

std::string to_svg(const judge::Trace& trace) { return Drawing(trace).draw(); }

}  // namespace lockstep::view
