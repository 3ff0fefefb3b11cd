"""The steps of placing an order: the address, what is due, what is agreed to, and the rows that keep it."""
