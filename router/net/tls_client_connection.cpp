#include "router/net/tls_client_connection.h"

#include <utility>

namespace zeroway {

TlsClientConnection::TlsClientConnection(Loop& loop, Socket socket, TlsBuffers& buffers, TlsClientStart start,
                                         TlsDeparture& departure)
    : TlsStream(loop, std::move(socket), buffers, std::move(start)), departure_(&departure) {}

void TlsClientConnection::secured() {
  pause(PauseReason::nobody);
  departure_->secured();
}

void TlsClientConnection::gone(std::string_view why) {
  if (departure_) departure_->failed(why);
}

// What came before is told at the end of the turn: never from inside this call.
void TlsClientConnection::serve(ConnectionEvents& events) {
  TlsStream::serve(events);
  resume(PauseReason::nobody);
  catch_up();
}

}  // namespace zeroway
