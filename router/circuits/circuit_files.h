// Keeps circuits over a restart: a file for each that was put, in a folder of the state directory.
//
// Owner: CircuitStore.   Thread: any; the calls wait for the disk.
// A crash at any moment leaves the old file of a circuit or the new one.
// Not here: what a file says (router/circuits/circuit_json.h).
#pragma once
#include <string>
#include <vector>

#include "proto/error.h"
#include "router/plan/circuit_spec.h"

namespace zeroway {

class CircuitFiles {
 public:
  // `state_dir` is used only if it is there.
  explicit CircuitFiles(const std::string& state_dir);

  // Whether there is a place for files.
  [[nodiscard]] bool is_open() const { return !folder_.empty(); }
  // The circuits, in the order in which they were written. A file that cannot be read is told in `errors` and left.
  [[nodiscard]] std::vector<CircuitSpec> read(std::vector<std::string>& errors) const;
  // Each error names the file.
  [[nodiscard]] Result<> write(const CircuitSpec& spec) const;
  [[nodiscard]] Result<> remove(const std::string& id) const;

 private:
  [[nodiscard]] std::string file_of(const std::string& id) const;

  std::string folder_;  // "" = circuits are not kept
};

}  // namespace zeroway
