"""The wholesale SMS supplier: both protocol dialects, its market, its life cycle."""
