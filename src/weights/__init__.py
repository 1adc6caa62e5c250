"""Model files: what there is, where it comes from, and where it is kept."""
