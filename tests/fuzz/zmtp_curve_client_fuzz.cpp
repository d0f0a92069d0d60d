// A server with CURVE and our client: see zmtp_curve.h.
#include "tests/fuzz/zmtp_curve.h"

namespace zeroway::test {
namespace {

class Server : public CurvePeer {
 public:
  std::optional<std::string> next(const std::string& body) override {
    if (step_ == 0 && server_.take_hello(body)) return ++step_, server_.welcome();
    if (step_ == 1 && server_.take_initiate(body)) return ++step_, server_.ready();
    return std::nullopt;
  }
  [[nodiscard]] bool is_ready() const override { return step_ == 2; }
  [[nodiscard]] bool tells_metadata() const override { return step_ == 2; }
  [[nodiscard]] std::string& metadata() override { return server_.metadata; }
  [[nodiscard]] CurveTrafficByHand& traffic() override { return server_.traffic; }
  bool lie() override { return false; }

 private:
  CurveServerByHand server_;
  int step_ = 0;
};

}  // namespace
}  // namespace zeroway::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zeroway::test;
  static const zeroway::CurveKeys keys = curve_client_keys();
  fuzz_curve<Server>(zeroway::ZmtpRole::client, keys, data, size);
  return 0;
}
