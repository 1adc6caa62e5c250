"""One group of routes a file."""
