"""Is the shop ready to sell? What is missing before it goes live, in plain words."""
