#include "properties/generators/bind_table.h"

#include <algorithm>

#include "stack/api/check.h"

namespace lockstep::properties {
namespace {

bool meets(When when, bool condition) {
  return when == When::any || (when == When::yes) == condition;
}

std::string_view pair_name(AddressPair pair) {
  switch (pair) {
    case AddressPair::equal:
      return "equal addresses";
    case AddressPair::distinct:
      return "distinct addresses";
    case AddressPair::first_wildcard:
      return "first wildcard";
    case AddressPair::second_wildcard:
      return "second wildcard";
    case AddressPair::both_wildcard:
      return "both wildcard";
  }
  return "?";
}

std::string_view holder_name(Holder holder) {
  switch (holder) {
    case Holder::bound:
      return "bound";
    case Holder::listening:
      return "listening";
    case Holder::child:
      return "established child";
  }
  return "?";
}

bool exists(const BindCase& input) {
  return input.type == Type::stream || (input.holder == Holder::bound && !input.late);
}

}  // namespace

bool row_matches(const BindRow& row, const BindCase& input) {
  return meets(row.tcp, input.type == Type::stream) &&
         meets(row.overlap, input.addresses != AddressPair::distinct) &&
         meets(row.addr, input.first_reuseaddr && input.second_reuseaddr) &&
         meets(row.port, input.first_reuseport && input.second_reuseport) &&
         meets(row.listen, input.holder == Holder::listening);
}

bool second_bind_succeeds(const BindCase& input) {
  const auto row = std::ranges::find_if(
      bind_rows, [&](const BindRow& candidate) { return row_matches(candidate, input); });
  LOCKSTEP_CHECK(row != bind_rows.end());
  return row->succeeds;
}

std::vector<BindCase> all_bind_cases() {
  std::vector<BindCase> cases;
  for (Type type : {Type::stream, Type::dgram}) {
    for (AddressPair pair : {AddressPair::equal, AddressPair::distinct, AddressPair::first_wildcard,
                             AddressPair::second_wildcard, AddressPair::both_wildcard}) {
      for (Holder holder : {Holder::bound, Holder::listening, Holder::child}) {
        for (unsigned flags = 0; flags < 32; ++flags) {
          const auto flag = [flags](unsigned bit) { return ((flags >> bit) & 1) != 0; };
          const BindCase input{type, pair, holder, flag(0), flag(1), flag(2), flag(3), flag(4)};
          if (exists(input)) cases.push_back(input);
        }
      }
    }
  }
  return cases;
}

std::string to_string(const BindCase& input) {
  std::string text = input.type == Type::stream ? "tcp, " : "udp, ";
  text += std::string(pair_name(input.addresses)) + ", " + std::string(holder_name(input.holder));
  if (input.first_reuseaddr) text += ", first reuseaddr";
  if (input.second_reuseaddr) text += ", second reuseaddr";
  if (input.first_reuseport) text += ", first reuseport";
  if (input.second_reuseport) text += ", second reuseport";
  if (input.late) text += ", first's flags after its bind";
  return text;
}

}  // namespace lockstep::properties
