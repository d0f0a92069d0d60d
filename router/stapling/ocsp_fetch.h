// One question to a responder of OCSP: an HTTP request on a connection of its own (RFC 6960 appendix A).
//
//   dialing ── connection ──▶ asking ── head with 200 ──▶ reading ── end ──▶ done
//      └── an error, too many bytes, or the time is over ──────────────────────▲
//
// Owner: the stapler.   Thread: one loop.
// Not here: what the answer says (net/tls_ocsp.h), when to ask (stapling/stapler.h).
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "router/backends/origin_dialer.h"
#include "router/net/loop.h"
#include "router/net/tls_ocsp.h"

namespace zeroway {

class OcspFetch final : private ConnectionEvents, private ReplyEvents, private TurnEnd {
 public:
  using Done = std::function<void(Result<std::string> answer)>;

  // Calls `done` once, never before this returns; the fetch may be destroyed in the call, and is cancelled by its
  // destruction. `dialer` outlives it.
  OcspFetch(Loop& loop, OriginDialer& dialer, const OcspQuestion& question, Done done);
  ~OcspFetch() override;

 private:
  void dial();
  void dialed(Result<DialedOrigin> result);
  void ask();
  void fail(const std::string& why);
  void finish(Result<std::string> result);
  void turn_end() override;

  std::size_t received(Bytes bytes) override;
  void input_ended() override;
  void hung_up() override {}
  void written() override {}
  void lost() override;

  void head(CodecStream stream, Head& head, Last last) override;
  void data(CodecStream stream, Bytes bytes) override;
  void piece(CodecStream, Bytes, MessageKind, Last) override {}
  void end(CodecStream stream, Head& trailers) override;
  void reset(CodecStream stream, const Error& error) override;
  void credit(CodecStream, std::uint32_t) override {}

  Loop& loop_;
  OriginDialer& dialer_;
  const std::string url_, body_;
  Done done_;
  ServerSpec server_;
  std::string path_;
  std::string answer_;
  Result<std::string> result_;
  bool has_result_ = false;  // told at the end of the turn: the connection may be the caller
  CodecStream stream_ = 0;
  std::unique_ptr<OriginDialing> dialing_;
  std::unique_ptr<ClientCodec> codec_;
  std::unique_ptr<Connection> connection_;
  Timer timer_;
};

}  // namespace zeroway
