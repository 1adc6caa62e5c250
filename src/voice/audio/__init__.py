"""Telephone audio in NumPy: G.711 µ-law, streaming resampling, levels."""
