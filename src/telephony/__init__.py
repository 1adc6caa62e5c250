"""Telephony: placing calls, following them, ending them."""
