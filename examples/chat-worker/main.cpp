// A small chat with rooms.
#include "chat.h"

int main(int argc, char** argv) {
  zeroway::WorkerOptions defaults;
  defaults.name = "chat-worker";
  Rooms rooms;  // outlives the handlers, which live as long as the worker
  zeroway::Worker worker(zeroway::WorkerOptions::from_command_line(argc, argv, defaults));
  register_chat(worker, rooms);
  return worker.run();
}
