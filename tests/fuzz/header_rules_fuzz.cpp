// Any head from a client, trusted or not: what goes on to a worker is still a legal head, holds nothing of who asked
// that the client made up, and survives the wire; what comes back is given a date and a worker.
#include <algorithm>
#include <cstdlib>

#include "proto/head_rules.h"
#include "router/exchange/header_rules.h"

using namespace zeroway;

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

// Lines of "name:value", others are the authority; the name is made lower case, as the codecs do.
Head head_of(std::string_view text) {
  Head head{{":method", "GET"}, {":scheme", "http"}, {":authority", ""}, {":path", "/"}};
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t colon = line.find(':', 1);
    if (colon == std::string_view::npos) {
      head.set(":authority", line);
      continue;
    }
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    head.add(name, line.substr(colon + 1));
  }
  return head;
}

void check_request(Head head, const std::string& address, bool is_tls) {
  static const ExchangeSettings settings = [] {
    ExchangeSettings made;
    made.trusted_proxies = {"10.0.0.0/8", "fd00::/9", "::ffff:192.0.2.0/119", "192.0.2.7"};
    return made;
  }();
  static HeaderRules rules(settings);
  static TrustedNetworks trusted = [] {
    TrustedNetworks made;
    for (const std::string& network : settings.trusted_proxies) static_cast<void>(made.add(network));
    return made;
  }();
  ClientInfo client{address, is_tls};
  if (is_tls) client.certificate_subject = "CN=real";

  const bool is_trusted = trusted.contain(address);
  rules.request(head, client);
  demand(check_request_head(head).has_value());
  demand(head.find(":scheme") == (is_tls ? "https" : "http"));
  for (const char* name : {"x-forwarded-for", "forwarded"}) demand(head.count(name) == 1);
  demand(head.count("x-client-cert-subject") == (is_tls ? 1u : 0u));
  if (is_tls) demand(head.find("x-client-cert-subject") == "CN=real");
  demand(head.find("x-forwarded-for")->ends_with(address));
  for (const char* name : {"x_forwarded_for", "x_client_cert_subject", "transfer_encoding", "content_length"})
    demand(!head.has(name));
  if (is_trusted) return;
  demand(head.find("x-forwarded-for") == address);
  demand(head.count("x-forwarded-proto") == 1 && head.count("x-forwarded-host") <= 1);
  demand(head.find("x-forwarded-host").value_or("") == head.authority());
}

void check_reply(Head head) {
  static const HeaderRules rules{ExchangeSettings{}};
  Head reply{{":status", head.has("x") ? "204" : "200"}};
  for (const Field field : head) {
    if (!field.name.starts_with(':')) reply.add(field.name, field.value);
  }
  rules.reply(reply, "worker", "today");
  demand(reply.has("date") && reply.count("x-worker") == 1 && reply.find("x-worker") == "worker");
  if (const auto length = read_content_length(reply)) demand(length->has_value() == reply.has("content-length"));
}

}  // namespace

// The first byte says how the client came; its address is the first line, the head's fields are the others.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view input = as_text({data + 1, size - 1});
  const std::string_view line = input.substr(0, input.find('\n'));
  const Head head = head_of(input.substr(std::min(input.size(), line.size() + 1)));
  TrustedNetworks networks;
  // A network holds its own address; an address alone is a network.
  if (networks.add(line)) demand(networks.contain(line.substr(0, line.find('/'))));
  if (!check_request_head(head)) return 0;
  const bool is_address = networks.contain(line) && line.find('\0') == std::string_view::npos;
  const std::string any(is_address ? line : "::1");
  for (const std::string& address : {any, std::string("192.0.2.9"), std::string("10.1.2.3"), std::string("fd00::1")}) {
    check_request(head, address, (data[0] & 1) != 0);
  }
  check_reply(head);
  return 0;
}
