"""What becomes of a mail in the outbox: it is sent, tried again, refused or given up, sent again by staff, cleared."""
