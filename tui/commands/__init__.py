"""One file a command: what it is asked and what it prints; none knows a screen."""
