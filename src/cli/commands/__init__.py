"""One command a file; each registers itself and imports what it needs when it runs."""
