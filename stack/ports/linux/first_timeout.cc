#include "stack/ports/linux/first_timeout.h"

#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "stack/ports/linux/cgroup.h"
#include "stack/ports/linux/system_error.h"
#include "stack/ports/linux/unique_fd.h"

namespace lockstep::live {
namespace {

constexpr bpf_insn instruction(std::uint8_t code, unsigned to, unsigned from, std::int16_t offset,
                               std::int32_t value) {
  bpf_insn made{};
  made.code = code;
  made.dst_reg = to & 0xf;
  made.src_reg = from & 0xf;
  made.off = offset;
  made.imm = value;
  return made;
}
constexpr bpf_insn load(unsigned to, unsigned from, std::int16_t offset) {
  return instruction(BPF_LDX | BPF_MEM | BPF_W, to, from, offset, 0);
}
constexpr bpf_insn store(unsigned to, std::int16_t offset, unsigned from) {
  return instruction(BPF_STX | BPF_MEM | BPF_W, to, from, offset, 0);
}
constexpr bpf_insn set(unsigned to, std::int32_t value) {
  return instruction(BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value);
}
constexpr bpf_insn skip_unless_equal(unsigned left, std::int32_t value, std::int16_t skipped) {
  return instruction(BPF_JMP | BPF_JNE | BPF_K, left, 0, skipped, value);
}
constexpr bpf_insn finish() { return instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0); }

// reply = op == TIMEOUT_INIT ? first_timeout_jiffies : -1, where -1 leaves the kernel its own way.
constexpr std::array program{
    load(BPF_REG_2, BPF_REG_1, offsetof(bpf_sock_ops, op)),
    set(BPF_REG_3, -1),
    skip_unless_equal(BPF_REG_2, BPF_SOCK_OPS_TIMEOUT_INIT, 1),
    set(BPF_REG_3, first_timeout_jiffies),
    store(BPF_REG_1, offsetof(bpf_sock_ops, reply), BPF_REG_3),
    set(BPF_REG_0, 1),
    finish(),
};

UniqueFd bpf(bpf_cmd command, bpf_attr& attributes) {
  return UniqueFd(static_cast<int>(::syscall(SYS_bpf, command, &attributes, sizeof(attributes))));
}

struct Attachment {
  Cgroup group;
  UniqueFd program;
  UniqueFd link;
  absl::Status status;
};

Attachment attach() {
  Attachment made;
  absl::StatusOr<Cgroup> group = Cgroup::enter();
  if (!group.ok()) {
    made.status = group.status();
    return made;
  }
  made.group = *std::move(group);
  static constexpr char license[] = "";  // It calls no function of the kernel.
  bpf_attr load_attributes{};
  load_attributes.prog_type = BPF_PROG_TYPE_SOCK_OPS;
  load_attributes.insn_cnt = program.size();
  load_attributes.insns = reinterpret_cast<std::uintptr_t>(program.data());
  load_attributes.license = reinterpret_cast<std::uintptr_t>(license);
  made.program = bpf(BPF_PROG_LOAD, load_attributes);
  if (!made.program.valid()) {
    made.status = system_error("load a BPF program");
    return made;
  }
  bpf_attr link_attributes{};
  link_attributes.link_create.prog_fd = static_cast<std::uint32_t>(made.program.get());
  link_attributes.link_create.target_fd = static_cast<std::uint32_t>(made.group.fd());
  link_attributes.link_create.attach_type = BPF_CGROUP_SOCK_OPS;
  made.link = bpf(BPF_LINK_CREATE, link_attributes);
  if (!made.link.valid()) made.status = system_error("attach a BPF program to a control group");
  return made;
}

}  // namespace

absl::Status shorten_first_timeout() {
  static const Attachment attachment = attach();
  return attachment.status;
}

}  // namespace lockstep::live
