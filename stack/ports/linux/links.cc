#include "stack/ports/linux/links.h"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "stack/api/check.h"
#include "stack/ports/linux/socket_address.h"
#include "stack/ports/linux/system_error.h"

namespace lockstep::live {
namespace {

absl::Status status_of(int error, const std::string& what) {
  return error == 0 ? absl::OkStatus() : system_error(what, error);
}

std::uint8_t family_number(IpFamily family) { return family == IpFamily::v4 ? AF_INET : AF_INET6; }

ifinfomsg link_header(int link) {
  ifinfomsg header{};
  header.ifi_family = AF_UNSPEC;
  header.ifi_index = link;
  return header;
}

ifaddrmsg address_header(int link, const IpAddress& address) {
  ifaddrmsg header{};
  header.ifa_family = family_number(address.family);
  header.ifa_prefixlen = address.is_v4() ? 32 : 128;
  header.ifa_flags = address.is_v4() ? 0 : IFA_F_NODAD;
  header.ifa_scope = RT_SCOPE_UNIVERSE;
  header.ifa_index = static_cast<std::uint32_t>(link);
  return header;
}

void add_raw_address(NetlinkRequest& request, std::uint16_t attribute, const IpAddress& address) {
  const RawAddress raw = raw_address(address);
  request.attribute_bytes(attribute, std::span(raw.bytes).first(raw.size));
}

void add_quick_acknowledgments(NetlinkRequest& request) {
  const std::size_t metrics = request.begin(RTA_METRICS);
  request.attribute(RTAX_QUICKACK, std::uint32_t{1});
  request.end(metrics);
}

rtmsg default_route_header(IpFamily family) {
  rtmsg header{};
  header.rtm_family = family_number(family);
  header.rtm_table = RT_TABLE_MAIN;
  header.rtm_protocol = RTPROT_STATIC;
  header.rtm_scope = family == IpFamily::v4 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
  header.rtm_type = RTN_UNICAST;
  return header;
}

}  // namespace

absl::StatusOr<Links> Links::open() {
  absl::StatusOr<NetlinkSocket> socket = NetlinkSocket::open(NETLINK_ROUTE);
  if (!socket.ok()) return socket.status();
  Links made;
  made.socket_ = *std::move(socket);
  return made;
}

absl::Status Links::set_up(int link) {
  NetlinkRequest request(RTM_NEWLINK, NLM_F_ACK);
  ifinfomsg header = link_header(link);
  header.ifi_flags = IFF_UP;
  header.ifi_change = IFF_UP | IFF_MULTICAST;
  request.header(header);
  return status_of(socket_.acknowledged(request), "set a link up");
}

absl::Status Links::set_mtu(int link, std::uint32_t mtu) {
  NetlinkRequest request(RTM_NEWLINK, NLM_F_ACK);
  request.header(link_header(link)).attribute(IFLA_MTU, mtu);
  return status_of(socket_.acknowledged(request), "set an MTU of " + std::to_string(mtu));
}

absl::Status Links::set_queue_length(int link, std::uint32_t packets) {
  NetlinkRequest request(RTM_NEWLINK, NLM_F_ACK);
  request.header(link_header(link)).attribute(IFLA_TXQLEN, packets);
  return status_of(socket_.acknowledged(request), "set a link's queue length");
}

absl::Status Links::forbid_batches(int link) {
  NetlinkRequest request(RTM_NEWLINK, NLM_F_ACK);
  request.header(link_header(link)).attribute(IFLA_GSO_MAX_SEGS, std::uint32_t{1});
  return status_of(socket_.acknowledged(request), "limit a link to single segments");
}

absl::Status Links::add_address(int link, const IpAddress& address) {
  NetlinkRequest request(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
  request.header(address_header(link, address));
  add_raw_address(request, IFA_LOCAL, address);
  add_raw_address(request, IFA_ADDRESS, address);
  return status_of(socket_.acknowledged(request), "add the address " + to_string(address));
}

absl::Status Links::remove_address(int link, const IpAddress& address) {
  if (!address.is_v4()) remove_ipv6_local_route(link, address, RTPROT_STATIC);
  NetlinkRequest request(RTM_DELADDR, NLM_F_ACK);
  request.header(address_header(link, address));
  add_raw_address(request, IFA_LOCAL, address);
  return status_of(socket_.acknowledged(request), "remove the address " + to_string(address));
}

absl::Status Links::add_default_route(int link, IpFamily family) {
  NetlinkRequest request(RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE);
  request.header(default_route_header(family)).attribute(RTA_OIF, static_cast<std::uint32_t>(link));
  add_quick_acknowledgments(request);
  return status_of(socket_.acknowledged(request), "add a default route");
}

absl::Status Links::remove_default_route(int link, IpFamily family) {
  NetlinkRequest request(RTM_DELROUTE, NLM_F_ACK);
  request.header(default_route_header(family)).attribute(RTA_OIF, static_cast<std::uint32_t>(link));
  return status_of(socket_.acknowledged(request), "remove a default route");
}

namespace {

rtmsg ipv6_local_route_header(std::uint8_t protocol) {
  rtmsg header{};
  header.rtm_family = AF_INET6;
  header.rtm_dst_len = 128;
  header.rtm_table = RT_TABLE_LOCAL;
  header.rtm_protocol = protocol;
  header.rtm_scope = RT_SCOPE_UNIVERSE;
  header.rtm_type = RTN_LOCAL;
  return header;
}

}  // namespace

int Links::remove_ipv6_local_route(int link, const IpAddress& address, std::uint8_t protocol) {
  NetlinkRequest request(RTM_DELROUTE, NLM_F_ACK);
  request.header(ipv6_local_route_header(protocol));
  add_raw_address(request, RTA_DST, address);
  request.attribute(RTA_OIF, static_cast<std::uint32_t>(link));
  return socket_.acknowledged(request);
}

absl::Status Links::replace_ipv6_local_route(int link, const IpAddress& address) {
  NetlinkRequest request(RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE);
  request.header(ipv6_local_route_header(RTPROT_STATIC));
  add_raw_address(request, RTA_DST, address);
  request.attribute(RTA_OIF, static_cast<std::uint32_t>(link));
  add_quick_acknowledgments(request);
  absl::Status status =
      status_of(socket_.acknowledged(request), "add a local route to " + to_string(address));
  if (!status.ok()) return status;
  // The kernel adds its own route later, from a work queue.
  int gone = ESRCH;
  for (int tries = 0; tries < 10'000 && gone == ESRCH; ++tries) {
    if (tries > 0) ::usleep(100);
    gone = remove_ipv6_local_route(link, address, RTPROT_KERNEL);
  }
  return status_of(gone, "remove the kernel's local route to " + to_string(address));
}

absl::Status Links::hurry_local_route(int link, const IpAddress& address, std::uint8_t prefix) {
  if (!address.is_v4()) return replace_ipv6_local_route(link, address);
  NetlinkRequest request(RTM_NEWROUTE, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE);
  rtmsg header{};
  header.rtm_family = AF_INET;
  header.rtm_dst_len = prefix;
  header.rtm_table = RT_TABLE_LOCAL;
  header.rtm_protocol = RTPROT_KERNEL;
  header.rtm_scope = RT_SCOPE_HOST;
  header.rtm_type = RTN_LOCAL;
  request.header(header);
  const IpAddress network = prefix == 8 ? IpAddress::v4(127, 0, 0, 0) : address;
  add_raw_address(request, RTA_DST, network);
  add_raw_address(request, RTA_PREFSRC, address);
  request.attribute(RTA_OIF, static_cast<std::uint32_t>(link));
  add_quick_acknowledgments(request);
  return status_of(socket_.acknowledged(request), "replace the route to " + to_string(address));
}

}  // namespace lockstep::live
