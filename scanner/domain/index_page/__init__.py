"""The pages of an index, and what changed on them."""
