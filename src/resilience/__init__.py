"""Resilience: what keeps a failing part from taking a call along. Decisions are pure, time comes in."""
