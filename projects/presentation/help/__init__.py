"""Answers to what users ask about the pages, and the search in them."""
