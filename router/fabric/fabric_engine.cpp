#include "router/fabric/fabric_engine.h"

#include "router/fabric/loop_engine.h"
#include "router/fabric/zmq_engine.h"

namespace zeroway {

std::unique_ptr<FabricEngine> make_fabric_engine(Loop& loop, const FabricSettings& settings) {
  if (settings.engine == EngineKind::loop) return std::make_unique<LoopEngine>(loop, settings);
  return std::make_unique<ZmqEngine>(loop, settings);
}

}  // namespace zeroway
