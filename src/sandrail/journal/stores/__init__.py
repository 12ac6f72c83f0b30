"""Where facts are kept: one port, and the engines behind it."""
