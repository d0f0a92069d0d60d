// The chat's handlers: the page, and a WebSocket for each of its windows.
//
// Owner: nobody; a free function.   Thread: the one that makes the worker.
// Not here: who is in a room (room.h), options and running (main.cpp).
#pragma once
#include <zeroway/worker.h>

#include "room.h"

// `rooms` outlives the worker.
void register_chat(zeroway::Worker& worker, Rooms& rooms);
