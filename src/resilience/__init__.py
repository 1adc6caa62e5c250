"""Deadlines and circuit breakers, as pure rules: the time comes in as an argument."""

from resilience.breaker import Breaker, BreakerState
from resilience.deadline import Deadline

__all__ = ["Breaker", "BreakerState", "Deadline"]
