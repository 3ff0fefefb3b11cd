"""Work that runs by itself: leases, duties, the outbox, the worker's loop."""
