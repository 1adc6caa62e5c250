"""Speech recognition: Whisper on a window of the utterance's own size, with guards and confidence."""
