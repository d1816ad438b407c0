"""Cases: their states, the queue, claims, take-over, paging, and the fixed words of the helpline."""
