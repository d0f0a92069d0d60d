// Gets certificates and renews them: by an ACME client that runs as a child process, or from the local authority.
//
// Owner: Router, one for all loops.   Thread: its first loop.
// Each certificate is a file with key and chain, which the TLS listeners serve. From prepare() on it is always there:
// one from before, or a temporary one that nobody believes. The result of an order is judged by the certificate that it
// leaves, never by the client's exit code; only a good one replaces the file. The log warns of the end of a certificate
// only when its renewal has failed: those of short life end soon all the time.
//
//     rests ──due──▶ shows (all loops answer its challenge) ──▶ orders (the client runs) ──▶ rests: renewed, or again
//
// Not here: serving the files (net/tls_keeper.h), answering challenges (acme/http_challenges.h).
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "router/acme/challenge_reader.h"
#include "router/acme/child_process.h"
#include "router/acme/file_store.h"
#include "router/acme/http_challenges.h"
#include "router/acme/local_authority.h"
#include "router/acme/stored_pair.h"
#include "router/observe/log.h"
#include "router/observe/wall_clock.h"
#include "router/plan/certificate_spec.h"

namespace zeroway {

// The program is missing.
inline constexpr const char* kNoLego =
    "auto_cert = true: the program lego is not there: apt-get install lego (Debian's package lego)";

// What is stored of a certificate and what would be done, for people: "a.test: none, would be ordered from …".
[[nodiscard]] std::string describe_stored(const CertificateSpec& spec);

// What the keeper asks of the router. Called on the keeper's loop.
class CertificateUsers {
 public:
  virtual ~CertificateUsers() = default;
  // The file has a new certificate.
  virtual void renewed(const CertificateSpec& spec) = 0;
  // All loops answer these challenges from now on; `done` is called on the keeper's loop once they do.
  virtual void answer(std::shared_ptr<const OpenChallenges> open, std::function<void()> done) = 0;
};

class CertificateKeeper {
 public:
  CertificateKeeper(Loop& loop, const WallClock& clock, std::string state_dir, CertificateUsers& users,
                    std::uint64_t seed);
  ~CertificateKeeper();

  // Puts a certificate into the file of each of `specs` that has none. The error names what is wrong, and nothing is
  // lost: files that are good stay.
  [[nodiscard]] Result<> prepare(const std::vector<CertificateSpec>& specs);
  // Keeps these from now on. Orders that are under way and wanted go on. After prepare().
  void use(const std::vector<CertificateSpec>& specs);
  // The listeners answer: orders may begin.
  void start();
  // Tries again at once what has failed.
  void hurry();
  // Ends orders that are under way, and begins none.
  void stop();

 private:
  enum class State : std::uint8_t { rests, shows, orders };

  struct Entry {
    CertificateSpec spec;
    std::uint64_t number = 0;
    State state = State::rests;
    WallTime due{};
    WallTime from{}, until{};   // of the certificate that is served
    bool is_temporary = false;  // it is none that a client believes
    bool is_wanted = true;
    unsigned failures = 0;
    WallTime told_at{};    // of a failure
    WallTime warned_at{};  // of the end of the certificate
    std::unique_ptr<ChildProcess> child{};
    std::uint16_t tls_port = 0;  // of the order, where the client answers by TLS; 0 = it answers over HTTP
    std::unique_ptr<ChallengeReader> reader{};
    std::optional<ChallengeDigest> digest{};
  };

  void turn();
  void set_timer();
  [[nodiscard]] bool may_begin(const Entry& entry);
  [[nodiscard]] bool is_held(const Entry& entry);
  void issue(Entry& entry);
  void order(Entry& entry);
  [[nodiscard]] Result<> choose_challenge(Entry& entry) const;
  void run_client(std::uint64_t number);
  void read_digest(Entry& entry);
  void client_ended(std::uint64_t number, const ChildProcess::End& end);
  [[nodiscard]] Result<> take_result(Entry& entry);
  [[nodiscard]] Result<> install(Entry& entry, const std::string& pair);
  void succeeded(Entry& entry, const StoredPair& pair);
  void failed(Entry& entry, const std::string& why);
  static void tell(const Entry& entry, log::Level level, const std::string& what);
  [[nodiscard]] bool is_warning_due(const Entry& entry) const;
  void warn_of_end(Entry& entry);
  void show_challenges(std::function<void()> done);
  void leave(Entry& entry);
  void look_at(Entry& entry);
  [[nodiscard]] Result<> put_temporary(const CertificateSpec& spec);
  [[nodiscard]] Entry* find(std::uint64_t number);
  [[nodiscard]] double chance() { return std::uniform_real_distribution<>(0, 1)(random_); }
  [[nodiscard]] std::string webroot_of(const CertificateSpec& spec) const;

  Loop& loop_;
  const WallClock& clock_;
  const std::string state_dir_;
  CertificateUsers& users_;
  std::mt19937_64 random_;
  LocalAuthority authority_;
  FileLock lock_;
  std::string client_;  // the ACME client's path; "" = not looked for yet
  std::vector<std::unique_ptr<Entry>> entries_;
  std::uint64_t last_number_ = 0;
  enum class Phase : std::uint8_t { prepares, runs, stopped };
  Phase phase_ = Phase::prepares;
  bool is_blocked_ = false;  // an order is due and may not begin yet
  bool has_told_of_lock_ = false;
  Timer timer_;
};

}  // namespace zeroway
