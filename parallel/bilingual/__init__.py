"""Work on bilingual files: terms checked and corrected, pairs scored, findings reported."""
