"""Makes training data from rows: filters, deduplicates, splits, and accounts for every pair left out."""

from egiz.parallel.corpus.filters import FILTERS, FilterOptions
from egiz.parallel.corpus.make import Corpus, CorpusOptions, make_corpus
from egiz.parallel.corpus.records import DataRow, DataSide

__all__ = ["FILTERS", "Corpus", "CorpusOptions", "DataRow", "DataSide", "FilterOptions", "make_corpus"]
