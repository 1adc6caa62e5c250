"""Campaigns: what may be dialled, and when."""
