// A client with CURVE and our server: see zmtp_curve.h.
#include "tests/fuzz/zmtp_curve.h"

namespace zeroway::test {
namespace {

class Client : public CurvePeer {
 public:
  std::optional<std::string> next(const std::string& body) override {
    if (step_ == 0) return ++step_, client_.hello();
    if (step_ == 1 && client_.take_welcome(body)) return ++step_, client_.initiate();
    if (step_ == 2 && client_.opened_ready(body)) ++step_;
    return std::nullopt;
  }
  [[nodiscard]] bool is_ready() const override { return step_ == 3; }
  [[nodiscard]] bool tells_metadata() const override { return step_ == 2; }
  [[nodiscard]] std::string& metadata() override { return client_.metadata; }
  [[nodiscard]] CurveTrafficByHand& traffic() override { return client_.traffic; }
  bool lie() override {
    client_.vouch_plain = client_.own_transient() + client_.own_transient();
    return true;
  }

 private:
  CurveClientByHand client_;
  int step_ = 0;
};

}  // namespace
}  // namespace zeroway::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zeroway::test;
  static const zeroway::CurveKeys keys = curve_server_keys();
  fuzz_curve<Client>(zeroway::ZmtpRole::server, keys, data, size);
  return 0;
}
