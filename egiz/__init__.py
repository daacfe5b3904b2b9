"""Egiz: Kazakh and other text in, translated, checked and scored parallel text out."""
