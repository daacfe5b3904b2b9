"""Building: documents in, published parallel text out, in one process or in shards."""
