"""HTML that the server writes into built pages: what is on sale, and for how much."""
