#include "oracle/spec/outcomes.h"

#include <span>

namespace lockstep::oracle {

bool Outcomes::allows(Errno error) const {
  if (error == Errno::ok) return !fails();
  for (const Row& row : std::span(rows_).first(count_)) {
    if (!forbids(row.kind) && row.error == error) return true;
  }
  return false;
}

std::string Outcomes::text() const {
  std::string out = fails() ? "" : "success";
  for (const Row& row : std::span(rows_).first(count_)) {
    if (forbids(row.kind)) continue;
    if (out.find(errno_name(row.error)) != std::string::npos) continue;
    if (!out.empty()) out += " or ";
    out += errno_name(row.error);
  }
  return out;
}

void Outcomes::count_applied(Judgement& judgement, Rule otherwise) const {
  for (const Row& row : std::span(rows_).first(count_)) {
    if (row.kind == Kind::must || row.kind == Kind::may || row.kind == Kind::excludes)
      judgement.apply(row.rule);
  }
  if (!fails()) judgement.apply(otherwise);
}

Rule Outcomes::blamed(Rule otherwise, Errno error) const {
  for (const Row& row : std::span(rows_).first(count_)) {
    if (fails() ? row.kind == Kind::must : forbids(row.kind) && row.error == error) {
      return row.rule;
    }
  }
  return otherwise;
}

std::string received_text(const Syscall& call, const SyscallResult& result) {
  if (!result.ok()) return std::string(errno_name(result.error));
  std::string out = std::to_string(result.value) + " bytes";
  if (result.truncated) out += ", truncated";
  if (call.call == Call::recvfrom) out += ", from " + to_string(result.address);
  return out;
}

}  // namespace lockstep::oracle
