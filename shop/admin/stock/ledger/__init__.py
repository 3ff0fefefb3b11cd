"""The ledger as staff read it: its words, what of it is wanted, its page and its table for spreadsheets."""
