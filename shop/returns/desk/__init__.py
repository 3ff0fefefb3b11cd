"""At the desk: what came back is booked and paid for, and what staff agree to take back."""
