"""The conversation: what a person meant, what to do about it, and how to say it."""
