"""Work on bilingual files: terms are checked and corrected, pairs are scored, findings are reported."""
