"""What tools/bench is made of: processes, the servers it compares, a module for each section, and the tables."""
