// How lego 4 is driven: its words, its files, and what its output says of a failure.
//
// Owner: nobody; free functions, which read no file.   Thread: any.
// Each order is a `run`, never a `renew`: a run takes exactly the names that it is given, sleeps for no random time,
// and does not ask whether the certificate is due. The router judges by the files that are there afterwards.
// Not here: running it (acme/child_process.h), when (acme/certificate_keeper.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "router/plan/certificate_spec.h"

namespace zeroway {

inline constexpr const char* kLegoProgram = "lego";

struct LegoOrder {
  std::string program;         // its absolute path
  std::string folder;          // lego's own, of one authority
  std::string webroot;         // where lego puts answers for http-01; "" = by TLS
  std::uint16_t tls_port = 0;  // of 127.0.0.1, where lego answers tls-alpn-01
};

[[nodiscard]] std::vector<std::string> lego_words(const LegoOrder& order, const CertificateSpec& spec);
[[nodiscard]] std::vector<std::string> lego_environment(const CertificateSpec& spec);

// Where lego leaves chain and key.
[[nodiscard]] std::string lego_chain_file(const std::string& folder, const std::string& name);
[[nodiscard]] std::string lego_key_file(const std::string& folder, const std::string& name);

// Whether the account file that lego has written is whole: a crash may have cut it off.
[[nodiscard]] bool is_whole_account(std::string_view text);
// Whether the authority does not know the account, as after it lost its data.
[[nodiscard]] bool is_account_unknown(std::string_view output);
// Why it failed, in one line for the log.
[[nodiscard]] std::string lego_reason(std::string_view output);

}  // namespace zeroway
