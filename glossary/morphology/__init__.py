"""Morphology that languages share: protocols, words of a text, and the search for a wording."""
