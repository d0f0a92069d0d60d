#include "zeroway/tcp.h"

#include "loop_side.h"

namespace zeroway {

namespace {

LoopSide& on_loop(HandlerSide* side) { return static_cast<LoopSide&>(*side); }

}  // namespace

void TcpStream::post(std::string_view bytes) { on_loop(side_).post(bytes); }
std::size_t TcpStream::backlog() const { return on_loop(side_).backlog(); }
void TcpStream::end() { side_->end_reply({}); }
void TcpStream::reset() { side_->abort(); }
bool TcpStream::is_draining() const { return on_loop(side_).is_draining(); }

}  // namespace zeroway
