"""The demo: a stocked shop on this machine with the sandbox as gateway. No real money, no real mail."""
