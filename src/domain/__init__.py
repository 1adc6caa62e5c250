"""The nouns of an outbound call: pure values and rules, no IO, no clock, no randomness."""
