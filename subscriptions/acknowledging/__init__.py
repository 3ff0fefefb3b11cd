"""A notice that changed while a plan runs: its customer is asked to read it, and that they did is kept."""
