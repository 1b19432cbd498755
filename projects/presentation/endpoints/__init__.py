"""Events of projects as messages to others: their sentence, their bodies, and the page of deliveries."""
