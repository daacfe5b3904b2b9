"""Kazakh: recognising and inflecting terms, and extracting them."""
