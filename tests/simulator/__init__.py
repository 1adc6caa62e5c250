"""Tests of the lead's side."""
