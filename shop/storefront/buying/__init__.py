"""The checkout's page: what it shows of a basket, and what a form of it says that its customer saw."""
