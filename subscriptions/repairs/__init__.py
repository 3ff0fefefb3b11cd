"""What staff do for one refill when something went wrong: charge it now, cancel it, replace its box."""
