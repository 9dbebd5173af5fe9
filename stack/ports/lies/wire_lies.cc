#include "stack/ports/lies/wire_lies.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "stack/ports/lies/decorator.h"

namespace lockstep {
namespace {

bool leaves(const WireEvent& event) { return event.kind == WireEvent::Kind::left; }

template <typename Predicate>
void remove_packets(std::vector<WireEvent>& out, std::size_t first, Predicate predicate) {
  const auto begin = out.begin() + static_cast<std::ptrdiff_t>(first);
  out.erase(std::remove_if(
                begin, out.end(),
                [&](const WireEvent& event) { return leaves(event) && predicate(event.packet); }),
            out.end());
}

template <typename Visit>
void for_each_segment(std::vector<WireEvent>& out, std::size_t first, Visit visit) {
  for (std::size_t i = first; i < out.size(); ++i) {
    if (!leaves(out[i])) continue;
    if (TcpSegment* segment = out[i].packet.tcp()) visit(out[i].packet, *segment);
  }
}

class RstSwallowed final : public Decorator {
 public:
  using Decorator::Decorator;

 protected:
  void revise(std::vector<WireEvent>& out, std::size_t first) override {
    remove_packets(out, first, [](const Packet& packet) {
      return packet.tcp() != nullptr && packet.tcp()->has(tcp_rst);
    });
  }
};

class FinInsteadOfRst final : public Decorator {
 public:
  using Decorator::Decorator;
  SyscallResult call(const Syscall& call) override {
    closed_ = call.call == Call::close;
    return inner().call(call);
  }
  void deliver(const Packet& packet) override {
    closed_ = false;
    inner().deliver(packet);
  }

 protected:
  bool remembers() const override { return true; }
  void forget() override { closed_ = false; }
  void revise(std::vector<WireEvent>& out, std::size_t first) override {
    if (!closed_) return;
    closed_ = false;
    for_each_segment(out, first, [](Packet&, TcpSegment& segment) {
      if (segment.has(tcp_rst)) segment.flags = tcp_fin | tcp_ack;
    });
  }

 private:
  bool closed_ = false;
};

class AckAhead final : public Decorator {
 public:
  using Decorator::Decorator;

 protected:
  void revise(std::vector<WireEvent>& out, std::size_t first) override {
    for_each_segment(out, first, [](Packet&, TcpSegment& segment) {
      if (segment.flags == tcp_ack && segment.payload.empty()) ++segment.ack;
    });
  }
};

// What a lie remembers of each connection, as the host sees it.
struct Remembered {
  FourTuple tuple;
  std::uint32_t number = 0;
};

Remembered* find(std::vector<Remembered>& all, const FourTuple& tuple) {
  for (Remembered& entry : all) {
    if (entry.tuple == tuple) return &entry;
  }
  return nullptr;
}

// Whether `a` is later than `b` in a 32-bit sequence space.
bool later(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) > 0; }

class RetransmissionDiffers final : public Decorator {
 public:
  using Decorator::Decorator;

 protected:
  bool remembers() const override { return true; }
  void forget() override { sent_up_to_.clear(); }
  void revise(std::vector<WireEvent>& out, std::size_t first) override {
    for_each_segment(out, first, [this](Packet& packet, TcpSegment& segment) {
      const FourTuple tuple = sender_tuple(packet);
      const std::uint32_t end = segment.seq + segment.sequence_length();
      Remembered* known = find(sent_up_to_, tuple);
      if (known == nullptr || segment.has(tcp_syn)) {
        if (known == nullptr) known = &sent_up_to_.emplace_back(Remembered{tuple, end});
        known->number = end;
        return;
      }
      if (!segment.payload.empty() && later(known->number, segment.seq)) {
        const std::span<const std::byte> old = segment.payload.bytes();
        segment.payload = Slice::filled(old.size(), [&](std::span<std::byte> bytes) {
          std::copy(old.begin(), old.end(), bytes.begin());
          bytes[0] ^= std::byte{0x01};
        });
      }
      if (later(end, known->number)) known->number = end;
    });
  }

 private:
  std::vector<Remembered> sent_up_to_;
};

class WindowShrunk final : public Decorator {
 public:
  using Decorator::Decorator;

 protected:
  bool remembers() const override { return true; }
  void forget() override { edges_.clear(); }
  void revise(std::vector<WireEvent>& out, std::size_t first) override {
    for_each_segment(out, first, [this](Packet& packet, TcpSegment& segment) {
      if (!segment.has(tcp_ack) || segment.has(tcp_rst)) return;
      const FourTuple tuple = sender_tuple(packet);
      const std::uint32_t edge = segment.ack + segment.window;
      Remembered* known = find(edges_, tuple);
      if (known == nullptr) {
        edges_.push_back({tuple, edge});
        return;
      }
      const std::uint32_t shrunk = known->number - 1;
      known->number = edge;
      if (later(shrunk, segment.ack) && !segment.has(tcp_syn)) {
        segment.window = static_cast<std::uint16_t>(
            std::min<std::uint32_t>(shrunk - segment.ack, segment.window));
      }
    });
  }

 private:
  std::vector<Remembered> edges_;
};

// The stack beneath is told of a larger window than the peer offered.
class DataPastWindow final : public Decorator {
 public:
  using Decorator::Decorator;
  void deliver(const Packet& packet) override {
    const TcpSegment* segment = packet.tcp();
    if (segment == nullptr || segment->has(tcp_rst)) {
      inner().deliver(packet);
      return;
    }
    Packet changed = packet;
    const std::uint32_t larger = std::uint32_t{segment->window} + 4000;
    changed.tcp()->window = static_cast<std::uint16_t>(std::min<std::uint32_t>(larger, 65535));
    inner().deliver(changed);
  }
};

class SynackWithheld final : public Decorator {
 public:
  using Decorator::Decorator;

 protected:
  void revise(std::vector<WireEvent>& out, std::size_t first) override {
    remove_packets(out, first, [](const Packet& packet) {
      return packet.tcp() != nullptr && packet.tcp()->has(tcp_syn | tcp_ack);
    });
  }
};

class DeadConnectionSpeaks final : public Decorator {
 public:
  using Decorator::Decorator;

 protected:
  bool remembers() const override { return true; }
  void forget() override { dead_.reset(); }
  void revise(std::vector<WireEvent>& out, std::size_t first) override {
    if (dead_) {
      dead_->tcp()->flags = tcp_ack;
      out.push_back({WireEvent::Kind::left, *dead_});
      dead_.reset();
      return;
    }
    for_each_segment(out, first, [this](Packet& packet, TcpSegment& segment) {
      if (segment.has(tcp_rst)) dead_ = packet;
    });
  }

 private:
  std::optional<Packet> dead_;
};

class WrongSourceAddress final : public Decorator {
 public:
  using Decorator::Decorator;

 protected:
  void revise(std::vector<WireEvent>& out, std::size_t first) override {
    for (std::size_t i = first; i < out.size(); ++i) {
      if (leaves(out[i])) out[i].packet.source.low ^= 0x40;
    }
  }
};

class FinNeverSent final : public Decorator {
 public:
  using Decorator::Decorator;

 protected:
  void revise(std::vector<WireEvent>& out, std::size_t first) override {
    for_each_segment(out, first, [](Packet&, TcpSegment& segment) {
      segment.flags = static_cast<TcpFlags>(segment.flags & ~tcp_fin);
    });
  }
};

template <typename Lie>
std::unique_ptr<Port> make(std::unique_ptr<Port> honest) {
  return std::make_unique<Lie>(std::move(honest));
}

}  // namespace

std::unique_ptr<Port> make_rst_swallowed(std::unique_ptr<Port> honest) {
  return make<RstSwallowed>(std::move(honest));
}
std::unique_ptr<Port> make_fin_instead_of_rst(std::unique_ptr<Port> honest) {
  return make<FinInsteadOfRst>(std::move(honest));
}
std::unique_ptr<Port> make_ack_ahead(std::unique_ptr<Port> honest) {
  return make<AckAhead>(std::move(honest));
}
std::unique_ptr<Port> make_retransmission_differs(std::unique_ptr<Port> honest) {
  return make<RetransmissionDiffers>(std::move(honest));
}
std::unique_ptr<Port> make_window_shrunk(std::unique_ptr<Port> honest) {
  return make<WindowShrunk>(std::move(honest));
}
std::unique_ptr<Port> make_data_past_window(std::unique_ptr<Port> honest) {
  return make<DataPastWindow>(std::move(honest));
}
std::unique_ptr<Port> make_synack_withheld(std::unique_ptr<Port> honest) {
  return make<SynackWithheld>(std::move(honest));
}
std::unique_ptr<Port> make_dead_connection_speaks(std::unique_ptr<Port> honest) {
  return make<DeadConnectionSpeaks>(std::move(honest));
}
std::unique_ptr<Port> make_wrong_source_address(std::unique_ptr<Port> honest) {
  return make<WrongSourceAddress>(std::move(honest));
}
std::unique_ptr<Port> make_fin_never_sent(std::unique_ptr<Port> honest) {
  return make<FinNeverSent>(std::move(honest));
}

}  // namespace lockstep
