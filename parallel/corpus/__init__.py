"""Make training data from rows: filter, deduplicate, split, and account for every pair that is left out."""

from egiz.parallel.corpus.filters import FILTERS, FilterOptions
from egiz.parallel.corpus.make import Corpus, CorpusOptions, make_corpus
from egiz.parallel.corpus.records import DataRow, DataSide

__all__ = ["FILTERS", "Corpus", "CorpusOptions", "DataRow", "DataSide", "FilterOptions", "make_corpus"]
