"""Papers: invoices and credit notes with numbers without gaps, packing slips, the confirmation of an order."""
