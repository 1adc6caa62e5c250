"""The phone side of a call: audio, recognition, synthesis, turn taking and the media stream."""
