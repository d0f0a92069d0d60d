// What speaks with the routers in this run of a test.
#pragma once
#include <doctest/doctest.h>

#include "zeroway/options.h"

namespace zeroway {

// The test that calls it runs once with each engine.
inline Engine each_engine() {
  Engine engine = Engine::libzmq;
  SUBCASE("with libzmq") { engine = Engine::libzmq; }
  SUBCASE("with loop") { engine = Engine::loop; }
  return engine;
}

}  // namespace zeroway
