"""A Twilio and a lead on loopback, for demo, tests and rehearsals; shares no code with the side that it tests."""
