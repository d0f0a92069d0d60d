// Sends a link's message before the turn ends, because the message has become large.
//
// Owner: the implementor: the loop, or a test.   Thread: the loop.
// Not here: the messages of a turn's end (the implementor finds them in WorkerSession::links()).
#pragma once

namespace zeroway {

class RouterLink;

class LinkSender {
 public:
  virtual ~LinkSender() = default;

  // Sends the content of the link's writer at once, and leaves the writer empty.
  virtual void send(RouterLink& link) = 0;
};

}  // namespace zeroway
