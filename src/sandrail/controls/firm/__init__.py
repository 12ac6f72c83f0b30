"""What guardrails make of a whole firm: observations in, consequences out, nothing else read."""
