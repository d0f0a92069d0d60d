"""The parts of tools/bench: processes, the servers that it compares, a module for each section, and the tables."""
