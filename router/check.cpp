#include "router/check.h"

#include <algorithm>
#include <map>
#include <string>

#include "router/access/secrets.h"
#include "router/acme/certificate_keeper.h"
#include "router/acme/lego_command.h"
#include "router/backends/servers_pool.h"
#include "router/file_content.h"
#include "router/net/tls_context.h"
#include "router/plan/make_plan.h"

namespace zeroway {

namespace {

using Lines = std::vector<std::string>;

void check_pools(const Plan& plan, Lines& errors) {
  for (const BackendSpec& spec : plan.backends) {
    const PoolSpec* wanted = servers_of(spec);
    if (wanted == nullptr) continue;
    const auto pool = ServersPool::make(*wanted, nullptr, 0);
    if (!pool) errors.push_back("pool '" + wanted->name + "': " + pool.error().detail);
  }
}

bool is_own(const Plan& plan, const TlsFiles& files) {
  return std::any_of(plan.certificates.begin(), plan.certificates.end(),
                     [&](const CertificateSpec& spec) { return spec.file() == files.certificate; });
}

// Without the certificates that the router gets itself: they are there once it has begun to serve.
TlsSettings named_of(const Plan& plan, TlsSettings tls) {
  for (TlsSite& site : tls.sites)
    std::erase_if(site.certificates, [&](const TlsFiles& files) { return is_own(plan, files); });
  std::erase_if(tls.sites, [](const TlsSite& site) { return site.certificates.empty(); });
  return tls;
}

// What the keeper would find at the start.
void check_orders(const Plan& plan, CommandLine& line) {
  for (const CertificateSpec& spec : plan.certificates) line.output += "certificate " + describe_stored(spec) + "\n";
  const bool wants_client = std::any_of(plan.certificates.begin(), plan.certificates.end(),
                                        [](const auto& spec) { return spec.source == CertificateSource::acme; });
  if (wants_client && find_program(kLegoProgram).empty()) line.error += std::string(kNoLego) + " (warning)\n";
}

// When the certificates of all listeners end, each file once.
std::map<std::string, CertificateEnd> check_certificates(const Plan& plan, Lines& errors) {
  std::map<std::string, CertificateEnd> ends;
  for (const ListenerSpec& listener : plan.listeners) {
    if (!listener.is_tls) continue;
    const TlsSettings named = named_of(plan, listener.tls);
    if (named.sites.empty() && !named.is_on()) continue;
    const auto read = TlsContext::load(named, {"h2", "http/1.1"});
    if (!read) errors.push_back(read.error().detail);
    if (!read) continue;
    for (const CertificateEnd& end : (*read)->ends()) ends.emplace(end.file, end);
  }
  return ends;
}

void tell_ends(const std::map<std::string, CertificateEnd>& ends, WallTime now, CommandLine& line) {
  for (const auto& [file, end] : ends) {
    line.output += "certificate " + describe(end, now) + "\n";
    if (const std::string warning = expiry_warning(end, now); !warning.empty()) line.error += warning + " (warning)\n";
  }
}

void check_secrets(const Plan& plan, Lines& errors) {
  for (const SecretSpec& spec : plan.secrets) {
    if (const auto read = read_secret(spec); !read) errors.push_back(read.error().detail);
  }
}

}  // namespace

void check_plan(CommandLine& line, WallTime now) {
  PlanMaking making = make_plan(*line.to_check, read_file);
  if (making.plan) {
    check_pools(*making.plan, making.errors);
    tell_ends(check_certificates(*making.plan, making.errors), now, line);
    check_orders(*making.plan, line);
    check_secrets(*making.plan, making.errors);
  }
  for (const std::string& error : making.errors) line.error += error + "\n";
  for (const std::string& warning : making.warnings) line.error += warning + " (warning)\n";
  if (making.errors.empty()) return;
  line.output.clear();
  line.exit_code = 1;
}

}  // namespace zeroway
