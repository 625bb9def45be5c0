"""Other common tools for the same training, in a separate environment."""
