#include "router/exchange/header_rules.h"

#include <algorithm>
#include <charconv>

#include "proto/head_rules.h"
#include "router/exchange/client_address.h"
#include "router/exchange/plan_in_use.h"
#include "router/exchange/router_owned_fields.h"
#include "router/observe/escape.h"
#include "router/observe/http_date.h"

namespace zeroway {

std::string_view DateField::text(WallTime now) {
  const std::int64_t second = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
  if (second == second_) return text_;
  second_ = second;
  text_ = write_http_date(second);
  return text_;
}

HeaderRules::HeaderRules(const ExchangeSettings& settings) : worker_header_(settings.worker_header) {
  for (const std::string& network : settings.trusted_proxies) static_cast<void>(trusted_.add(network));
}

namespace {

// RFC 7239 §4: a value that is no token is quoted.
void append_quoted(std::string& out, std::string_view value) {
  if (is_token(value)) {
    out.append(value);
    return;
  }
  out.push_back('"');
  for (const char c : value) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
}

void append_forwarded(std::string& out, const ClientInfo& client, std::string_view host, std::string_view scheme) {
  out.append("for=");
  if (client.address.find(':') == std::string::npos) {
    append_quoted(out, client.address);
  } else {
    out.append("\"[").append(client.address).append("]\"");  // RFC 7239 §6.1
  }
  if (!host.empty()) {
    out.append(";host=");
    append_quoted(out, host);
  }
  out.append(";proto=").append(scheme);
}

bool is_look_alike(FieldOwner owner) { return owner == FieldOwner::look_alike; }
bool is_refused_from_proxy(FieldOwner owner) { return owner == FieldOwner::router || is_look_alike(owner); }
bool is_refused_from_client(FieldOwner owner) { return owner == FieldOwner::proxy || is_refused_from_proxy(owner); }
bool is_refused_in_trailers(FieldOwner owner) { return owner == FieldOwner::codec || is_refused_from_client(owner); }
bool is_refused_in_reply_trailers(FieldOwner owner) { return owner == FieldOwner::codec || is_look_alike(owner); }

// The port at which the client came in: the one that the plan says; where it leaves the choice, the one to which the
// client connected.
std::string port_of(const ClientInfo& client) {
  const std::uint16_t planned = client.listener->spec().port;
  return std::to_string(planned != 0 ? planned : client.destination_port);
}

void append_word(std::string& out, const ClientCertificate& certificate, CertificateWord word) {
  switch (word) {
    case CertificateWord::subject:
      return out.append(certificate.subject), void();
    case CertificateWord::issuer:
      return out.append(certificate.issuer), void();
    case CertificateWord::serial:
      return out.append(certificate.serial), void();
    case CertificateWord::fingerprint:
      return out.append(certificate.fingerprint), void();
    case CertificateWord::certificate:  // a byte sequence of RFC 8941, as RFC 9440 §2.1 wants it
      return out.append(":").append(certificate.encoded).append(":"), void();
  }
}

void remove_like(Head& head, const std::vector<std::string>& names) {
  for (std::size_t at = 0; at < head.size();) {
    const std::string_view name = head[at].name;
    const bool is_one = std::any_of(names.begin(), names.end(), [&](const auto& one) { return reads_like(name, one); });
    if (is_one) {
      head.remove(name);  // all of them
    } else {
      ++at;
    }
  }
}

// Appends all values of the fields `name` to `out`, as one list to which more can be appended.
void append_told(std::string& out, const Head& head, std::string_view name) {
  for (const Field field : head) {
    if (field.name == name && !field.value.empty()) out.append(field.value).append(", ");
  }
}

}  // namespace

const TrustedNetworks& HeaderRules::trusted_at(const Site* site) const {
  return site != nullptr && site->trusted ? *site->trusted : trusted_;
}

void HeaderRules::request(Head& head, const ClientInfo& client, const ForwardingFields& fields, const Site* site) {
  const std::string_view scheme = client.is_tls ? "https" : "http";
  if (const auto told = head.find(":scheme"); told && *told != scheme) head.set(":scheme", scheme);
  host_.assign(head.authority());  // a view would not outlive the head's changes
  const bool has_told = has_field_of(head, is_refused_from_client);
  if (has_told && trusts(client.address, site)) {
    remove_fields_of(head, is_refused_from_proxy);
    extend_forwarding(head, client, scheme, fields);
  } else {
    if (has_told) remove_fields_of(head, is_refused_from_client);
    add_forwarding(head, client, scheme, fields);
  }
  if (!client.certificate_subject.empty()) head.add(kCertificateSubject, client.certificate_subject);
  if (site != nullptr && !site->certificate_fields.empty()) tell_certificate(head, client, *site);
}

// What the client says of its own certificate is removed whether it has shown one or not, also from trusted proxies.
void HeaderRules::tell_certificate(Head& head, const ClientInfo& client, const Site& site) {
  remove_like(head, site.certificate_fields);
  if (!client.certificate) return;
  for (const ClientField& field : site.client_fields) {
    value_.clear();
    append_word(value_, *client.certificate, field.word);
    head.add(field.name, value_);
  }
}

// A trusted proxy has told of clients: what it told stays, and its own address is added.
void HeaderRules::extend_forwarding(Head& head, const ClientInfo& client, std::string_view scheme,
                                    const ForwardingFields& fields) {
  if (fields.x_forwarded) {
    value_.clear();
    append_told(value_, head, "x-forwarded-for");
    head.set("x-forwarded-for", value_.append(client.address));
    // These fields have one value: the first proxy saw the scheme and the host that the client meant.
    if (!head.has("x-forwarded-proto")) head.add("x-forwarded-proto", scheme);
    if (!head.has("x-forwarded-host") && !host_.empty()) head.add("x-forwarded-host", host_);
    if (fields.port && !head.has("x-forwarded-port")) head.add("x-forwarded-port", port_of(client));
  }
  if (!fields.forwarded) return;
  value_.clear();
  append_told(value_, head, "forwarded");
  append_forwarded(value_, client, host_, scheme);
  head.set("forwarded", value_);
}

std::string_view HeaderRules::client_of(const Head& request, const ClientInfo& client, const Site* site) const {
  return client_address(request, client.address, trusted_at(site));
}

void HeaderRules::request_trailers(Head& trailers, const Site* site) {
  remove_fields_of(trailers, is_refused_in_trailers);
  if (site != nullptr && !site->certificate_fields.empty()) remove_like(trailers, site->certificate_fields);
}

void HeaderRules::add_forwarding(Head& head, const ClientInfo& client, std::string_view scheme,
                                 const ForwardingFields& fields) {
  if (fields.x_forwarded) {
    head.add("x-forwarded-for", client.address);
    head.add("x-forwarded-proto", scheme);
    if (!host_.empty()) head.add("x-forwarded-host", host_);
    if (fields.port) head.add("x-forwarded-port", port_of(client));
  }
  if (!fields.forwarded) return;
  value_.clear();
  append_forwarded(value_, client, host_, scheme);
  head.add("forwarded", value_);
}

void HeaderRules::reply(Head& head, std::string_view worker, std::string_view date) const {
  remove_fields_of(head, is_look_alike);
  if (head.status() == 204) head.remove("content-length");
  if (!head.has("date")) head.add("date", date);
  if (worker_header_ && !worker.empty()) head.set("x-worker", worker);
}

void HeaderRules::interim_reply(Head& head) {
  remove_fields_of(head, is_look_alike);
  head.remove("content-length");
}

void HeaderRules::reply_trailers(Head& trailers) { remove_fields_of(trailers, is_refused_in_reply_trailers); }

Result<std::optional<std::uint64_t>> read_content_length(const Head& head) {
  const auto text = head.find("content-length");
  if (!text) return std::optional<std::uint64_t>();
  std::uint64_t length = 0;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), length);
  const bool is_number = failure == std::errc() && end == text->data() + text->size() && !text->empty();
  if (!is_number || head.count("content-length") != 1) {
    constexpr std::size_t kMostText = 32;  // enough to recognise it; a backend's bytes must not control a terminal
    std::string detail = "content-length '";
    append_escaped(detail, text->substr(0, kMostText));
    return Error{Fault::backend, Code::backend_protocol, false, detail + "' is no length, or not the only one"};
  }
  return std::optional(length);
}

}  // namespace zeroway
