#include "stack/wire/flight.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "stack/wire/sample_packets.h"

namespace lockstep {
namespace {

// A packet that its destination port tells from others.
Packet numbered(std::uint16_t number) {
  return {IpAddress::v4(1), IpAddress::v4(2), 64, UdpDatagram{1, number, {}}};
}

std::vector<std::uint64_t> serials(const Flight& flight) {
  std::vector<std::uint64_t> out;
  for (const InFlight& entry : flight.in_flight()) out.push_back(entry.serial);
  return out;
}

using Serials = std::vector<std::uint64_t>;

Flight flight_of(std::uint16_t count) {
  Flight flight;
  for (std::uint16_t i = 0; i < count; ++i) flight.add(numbered(i), 0, 1, 7, i);
  return flight;
}

TEST(Flight, KeepsPacketsInTheOrderTheyWereAdded) {
  const Flight flight = flight_of(3);
  EXPECT_EQ(serials(flight), (Serials{0, 1, 2}));
  EXPECT_EQ(flight.size(), 3u);
  const InFlight& last = flight.in_flight().back();
  EXPECT_EQ(last, (InFlight{numbered(2), 0, 1, 7, 2, 2}));
}

TEST(Flight, TakesAnyPacketOnce) {
  Flight flight = flight_of(4);
  EXPECT_EQ(flight.take(2)->packet, numbered(2));
  EXPECT_EQ(serials(flight), (Serials{0, 1, 3}));
  EXPECT_EQ(flight.take(0)->packet, numbered(0));
  EXPECT_EQ(serials(flight), (Serials{1, 3}));
  EXPECT_FALSE(flight.take(0));
  EXPECT_FALSE(flight.take(99));
  flight.take(3);
  flight.take(1);
  EXPECT_TRUE(flight.empty());
}

TEST(Flight, DuplicatesBehindEverything) {
  Flight flight = flight_of(2);
  EXPECT_EQ(flight.duplicate(0), 2u);
  EXPECT_EQ(serials(flight), (Serials{0, 1, 2}));
  EXPECT_EQ(flight.find(2)->packet, numbered(0));
  EXPECT_EQ(flight.find(2)->cause_label, 7u);
  EXPECT_EQ(flight.find(7, 0)->serial, 0u);
  EXPECT_FALSE(flight.duplicate(99));
}

TEST(Flight, HoldsBackBehindEverything) {
  Flight flight = flight_of(3);
  EXPECT_TRUE(flight.hold_back(0));
  EXPECT_EQ(serials(flight), (Serials{1, 2, 0}));
  EXPECT_TRUE(flight.hold_back(0));
  EXPECT_EQ(serials(flight), (Serials{1, 2, 0}));
  EXPECT_FALSE(flight.hold_back(99));
}

TEST(Flight, LosesWhatIsBetweenTwoHostsInEitherDirection) {
  Flight flight;
  flight.add(numbered(0), 0, 1, 0, 0);
  flight.add(numbered(1), 1, 0, 0, 1);
  flight.add(numbered(2), 0, 2, 0, 2);
  flight.add(numbered(3), 1, 1, 0, 3);
  EXPECT_EQ(flight.lose_between(0, 1), 2u);
  EXPECT_EQ(serials(flight), (Serials{2, 3}));
  EXPECT_EQ(flight.lose_between(0, 1), 0u);
}

TEST(Flight, FindsByCauseAndOrdinal) {
  Flight flight = flight_of(3);
  EXPECT_EQ(flight.find(7, 2)->packet, numbered(2));
  EXPECT_EQ(flight.find(7, 3), nullptr);
  EXPECT_EQ(flight.find(8, 0), nullptr);
  flight.take(2);
  EXPECT_EQ(flight.find(7, 2), nullptr);
  EXPECT_EQ(flight.find_archived(7, 2)->packet, numbered(2));
}

TEST(Flight, ArchivesTheLatestPacketsOnly) {
  Flight flight(4);
  for (std::uint16_t i = 0; i < 10; ++i) {
    flight.take(flight.add(numbered(i), 0, 1, 7, i));
    for (std::uint16_t j = 0; j <= i; ++j) {
      const InFlight* found = flight.find_archived(7, j);
      ASSERT_EQ(found != nullptr, j + 4 > i) << i << " " << j;
      if (found == nullptr) continue;
      ASSERT_EQ(found->packet, numbered(j));
    }
  }
  flight.add(numbered(100), 0, 1, 7, 9);
  EXPECT_EQ(flight.find_archived(7, 9)->packet, numbered(100));
}

TEST(Flight, KeepsNoArchiveWhenToldSo) {
  Flight flight(0);
  flight.add(numbered(0), 0, 1, 7, 0);
  EXPECT_EQ(flight.find_archived(7, 0), nullptr);
}

TEST(Flight, IsAsNewAfterClear) {
  Flight flight = flight_of(300);
  flight.take(0);
  flight.clear();
  EXPECT_EQ(flight, Flight());
  EXPECT_EQ(stable_hash(flight), stable_hash(Flight()));
  flight.add(numbered(0), 0, 1, 7, 0);
  EXPECT_EQ(flight, flight_of(1));
}

TEST(Flight, ComparesAsAValueWhateverItsPast) {
  Flight a = flight_of(3);
  const Flight b = a;
  EXPECT_EQ(a, b);
  EXPECT_EQ(stable_hash(a), stable_hash(b));
  a.hold_back(0);
  EXPECT_NE(a, b);
  EXPECT_NE(stable_hash(a), stable_hash(b));
  a.hold_back(1);
  a.hold_back(2);
  EXPECT_EQ(a, b);
  EXPECT_EQ(stable_hash(a), stable_hash(b));
}

TEST(Flight, ComparesItsTrafficApartFromLabelsAndSerials) {
  Flight a;
  Flight b;
  b.take(b.add(numbered(9), 0, 1, 1, 0));
  a.add(numbered(1), 0, 1, 1, 0);
  b.add(numbered(1), 0, 1, 2, 5);
  EXPECT_NE(a, b);
  EXPECT_TRUE(same_traffic(a, b));
  EXPECT_EQ(traffic_hash(a), traffic_hash(b));
  b.add(numbered(1), 1, 0, 2, 6);
  EXPECT_FALSE(same_traffic(a, b));
  EXPECT_NE(traffic_hash(a), traffic_hash(b));
}

// The naive twin: a plain vector.
struct NaiveFlight {
  std::vector<InFlight> entries;

  auto at(std::uint64_t serial) {
    return std::find_if(entries.begin(), entries.end(),
                        [serial](const InFlight& e) { return e.serial == serial; });
  }
  void take(std::uint64_t serial) {
    if (at(serial) != entries.end()) entries.erase(at(serial));
  }
  void hold_back(std::uint64_t serial) {
    if (at(serial) == entries.end()) return;
    const InFlight entry = *at(serial);
    entries.erase(at(serial));
    entries.push_back(entry);
  }
};

TEST(Flight, AgreesWithAPlainVectorUnderRandomOperations) {
  sample::Random random(7);
  Flight flight;
  NaiveFlight naive;
  std::uint64_t serials = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t serial =
        naive.entries.empty() || random.below(10) == 0
            ? random.below(static_cast<std::size_t>(serials) + 1)
            : naive.entries[random.coin() ? 0 : random.below(naive.entries.size())].serial;
    const std::size_t operation = random.below(naive.entries.size() > 30 ? 9 : 16);
    if (operation < 7) {
      flight.take(serial);
      naive.take(serial);
    } else if (operation == 7) {
      flight.hold_back(serial);
      naive.hold_back(serial);
    } else if (operation == 8) {
      const auto a = random.number<std::uint8_t>() % 8;
      const auto b = random.number<std::uint8_t>() % 8;
      flight.lose_between(static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b));
      std::erase_if(naive.entries, [a, b](const InFlight& e) {
        return (e.from == a && e.to == b) || (e.from == b && e.to == a);
      });
    } else if (operation == 9 && flight.find(serial) != nullptr) {
      naive.entries.push_back(*naive.at(serial));
      naive.entries.back().serial = serials++;
      flight.duplicate(serial);
    } else {
      const auto from = static_cast<std::uint8_t>(random.below(8));
      const auto to = static_cast<std::uint8_t>(random.below(8));
      const Packet packet = numbered(random.number<std::uint16_t>());
      flight.add(packet, from, to, 1, 2);
      naive.entries.push_back({packet, from, to, 1, 2, serials++});
    }
    ASSERT_TRUE(std::ranges::equal(flight.in_flight(), naive.entries)) << i;
  }
}

}  // namespace
}  // namespace lockstep
