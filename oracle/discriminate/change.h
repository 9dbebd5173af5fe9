// Change: an accepted trace with one observation changed.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "oracle/discriminate/places.h"
#include "oracle/judge/recording.h"
#include "oracle/scenario/choices.h"

namespace lockstep::discriminate {

struct Change {
  Place place;
  std::string subject;  // What was changed, in a few words: "synack", "connect ok -> EISCONN".
  std::string before;   // For a person.
  std::string after;
  // All observations in order. They point into the recording and into `made`.
  std::vector<const judge::Observation*> shown;
  std::deque<judge::Observation> made;
};

// The recording changed at this place, one of its own. What a way leaves open is drawn; the change
// is never none at all. The recording must outlive it.
Change make_change(const judge::Recording& recording, const Places& places, const Place& place,
                   scenario::Choices& choices);

}  // namespace lockstep::discriminate
