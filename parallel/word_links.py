"""tmp"""
from egiz.parallel.align.learned import LearnedTable, LearnedThot
LEAST = 0.3
class WordLinks:
    def __init__(self, way, texts):
        self.learned = LearnedTable(texts) if way == "table" else LearnedThot(texts)
