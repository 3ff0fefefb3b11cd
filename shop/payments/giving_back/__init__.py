"""Money that goes back: refunds, why they are made, disputes, and the letters about them."""
