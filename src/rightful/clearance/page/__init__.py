"""A clearance as a page to look at, which needs no network and no script."""
