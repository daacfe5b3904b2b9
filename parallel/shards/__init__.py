"""Builds in shards, for more than one process or machine.

The sentences are cut into files of equal size; `build_shard` makes of one such file a folder with its part of
every table, whole or not at all, wherever it runs; and the parts are put together in order. The result is
byte for byte that of a build in one process.
"""

from egiz.parallel.shards.build import build_in_shards
from egiz.parallel.shards.cluster import Cluster
from egiz.parallel.shards.processes import Processes
from egiz.parallel.shards.shard import build_shard

__all__ = ["Cluster", "Processes", "build_in_shards", "build_shard"]
