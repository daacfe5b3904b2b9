"""Term base → matches → checks and edits.

Finds terms in inflected text, says whether a translation uses them rightly, and corrects it where it does
not. May import `egiz.translate`, never `egiz.parallel`.
"""
