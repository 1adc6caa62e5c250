"""Durable storage: the journal of events, the rows projected from it, and the few writes that can't wait."""
