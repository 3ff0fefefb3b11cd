"""Papers as PDF: the same document makes the same bytes, whenever it is asked for."""
