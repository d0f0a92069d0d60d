// Two ZMTP sessions that speak with each other, and what each was told, as text.
#pragma once
#include <string>

#include "proto/zmtp/zmtp_session.h"

namespace zeroway {

class ZmtpSide : public ZmtpEvents {
 public:
  explicit ZmtpSide(const ZmtpTerms& terms) : session(terms, *this) {}

  bool is_allowed(Bytes public_key) override {
    asked_key = as_text(public_key);
    return is_everybody_allowed;
  }
  void shook_hands(const ZmtpProperties& peer) override {
    log += "hands " + peer.socket_type + " '" + peer.identity + "' · ";
  }
  void message(Bytes first, std::size_t parts) override {
    log += "message " + std::to_string(first.size()) + " of " + std::to_string(parts) + " · ";
    last = as_text(first);
  }

  ZmtpSession session;
  std::string log, last;
  std::string asked_key;  // of is_allowed()
  bool is_everybody_allowed = true;
};

class ZmtpPair {
 public:
  ZmtpPair(const ZmtpTerms& client_terms, const ZmtpTerms& server_terms) : client(client_terms), server(server_terms) {}

  // Carries bytes both ways until neither side has more to say.
  void run() {
    bool has_said = true;
    while (has_said) {
      has_said = carry(client, server, to_server_);
      has_said = carry(server, client, to_client_) || has_said;
    }
  }

  ZmtpSide client, server;

 private:
  static bool carry(ZmtpSide& from, ZmtpSide& to, std::string& way) {
    if (from.session.output().empty()) return false;
    way += from.session.output();
    from.session.output().clear();
    way.erase(0, to.session.receive(as_bytes(way)));
    return true;
  }

  std::string to_server_, to_client_;
};

}  // namespace zeroway
