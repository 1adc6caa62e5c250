"""Benchmarks of speech: recognition and synthesis, with their material."""
