"""Hand-written claims about packages on a target, checked against what the index offers."""
