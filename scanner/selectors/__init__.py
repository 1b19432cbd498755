"""Reads of the scanner's tables. Selectors write nothing."""
