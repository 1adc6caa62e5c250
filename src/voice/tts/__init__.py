"""Speech synthesis: the local voice, cached lines and tiers with failover."""
