// The endpoints that answer at once, when the whole request is there.
//
// Owner: nobody; free functions.   Thread: the worker's loop (they never block).
// Not here: endpoints that take time or have no bound (streams.h).
#pragma once
#include <zeroway/worker.h>

void register_answers(zeroway::Worker& worker);
