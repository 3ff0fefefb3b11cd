"""What moves stock: receiving, packing, returns, corrections, quarantine, stock-takes. All of it through the ledger."""
