"""Why was I charged? One page a refill, for its customer and for support, told from the rows."""
