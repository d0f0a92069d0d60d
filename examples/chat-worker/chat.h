// The chat's handlers: the page, and one WebSocket for each window of the page.
//
// Owner: nobody; a free function.   Thread: the one that makes the worker.
// Not here: the members of a room (room.h), options and running (main.cpp).
#pragma once
#include <zeroway/worker.h>

#include "room.h"

// `rooms` outlives the worker.
void register_chat(zeroway::Worker& worker, Rooms& rooms);
