"""Terminology: term base → matches → checks and edits.

Finds terms in inflected text, checks whether a translation renders them correctly, and corrects it where it
does not. May import `egiz.translate`, never `egiz.parallel`.
"""
