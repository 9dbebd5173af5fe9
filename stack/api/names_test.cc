// The closed sets of the api: every member has a name of its own that parses back.
#include <gtest/gtest.h>

#include "stack/api/error_number.h"
#include "stack/api/options.h"
#include "stack/api/socket_types.h"
#include "stack/api/syscall.h"

namespace lockstep {
namespace {

TEST(Names, OfEveryErrnoParseBack) {
  constexpr Errno all[] = {Errno::ok,
#define LOCKSTEP_ERRNO_MEMBER(id, number, name) Errno::id,
                           LOCKSTEP_ERRNO_LIST(LOCKSTEP_ERRNO_MEMBER)
#undef LOCKSTEP_ERRNO_MEMBER
  };
  for (Errno error : all) EXPECT_EQ(parse_errno(errno_name(error)), error) << errno_name(error);
  EXPECT_EQ(errno_name(Errno::econnreset), "ECONNRESET");
  EXPECT_EQ(errno_name(static_cast<Errno>(9999)), "E?");
  for (std::string_view text : {"", "econnreset", "ECONNRESET ", "E?", "104"}) {
    EXPECT_EQ(parse_errno(text), std::nullopt) << text;
  }
}

TEST(Names, OfEveryOptionParseBack) {
  constexpr OptionName all[] = {
#define LOCKSTEP_OPTION_MEMBER(id) OptionName::id,
      LOCKSTEP_OPTION_LIST(LOCKSTEP_OPTION_MEMBER)
#undef LOCKSTEP_OPTION_MEMBER
  };
  for (OptionName name : all) EXPECT_EQ(parse_option_name(option_name(name)), name);
  EXPECT_EQ(option_name(OptionName::so_reuseaddr), "so_reuseaddr");
  for (std::string_view text : {"", "SO_REUSEADDR", "so_reuse", "so_reuseaddr "}) {
    EXPECT_EQ(parse_option_name(text), std::nullopt) << text;
  }
}

TEST(Names, OfEveryCallParseBack) {
  constexpr Call all[] = {
#define LOCKSTEP_CALL_MEMBER(id) Call::id,
      LOCKSTEP_CALL_LIST(LOCKSTEP_CALL_MEMBER)
#undef LOCKSTEP_CALL_MEMBER
  };
  for (Call call : all) EXPECT_EQ(parse_call(call_name(call)), call);
  EXPECT_EQ(call_name(Call::getpeername), "getpeername");
  for (std::string_view text : {"", "read", "Socket", "sendto "}) {
    EXPECT_EQ(parse_call(text), std::nullopt) << text;
  }
}

TEST(Names, OfPollEventsStandInAFixedOrder) {
  EXPECT_EQ(poll_events_text(0), "none");
  EXPECT_EQ(poll_events_text(poll_out | poll_in), "IN|OUT");
  EXPECT_EQ(poll_events_text(poll_in | poll_pri | poll_out | poll_err | poll_hup | poll_nval |
                             poll_rdhup),
            "IN|PRI|OUT|ERR|HUP|NVAL|RDHUP");
  EXPECT_EQ(poll_events_text(poll_in | 0x4000), "IN|0x4000");
}

TEST(Names, OfMessageFlagsStandInAFixedOrder) {
  EXPECT_EQ(msg_flags_text(0), "");
  EXPECT_EQ(msg_flags_text(msg_trunc | msg_peek), "PEEK|TRUNC");
  EXPECT_EQ(msg_flags_text(msg_oob | msg_dontwait | msg_waitall | msg_nosignal),
            "OOB|DONTWAIT|WAITALL|NOSIGNAL");
  EXPECT_EQ(msg_flags_text(0x80000000), "0x80000000");
}

TEST(SyscallResult, OfAFailureIsMinusOneAndTheErrno) {
  const SyscallResult failure = SyscallResult::failure(Errno::eagain);
  EXPECT_FALSE(failure.ok());
  EXPECT_EQ(failure.value, -1);
  EXPECT_EQ(SyscallResult::success(7).value, 7);
  EXPECT_TRUE(SyscallResult::success().ok());
  EXPECT_NE(failure, SyscallResult::failure(Errno::eintr));
}

}  // namespace
}  // namespace lockstep
