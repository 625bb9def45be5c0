"""DataLoader: real rows in batches, and a network that has to learn; knows no torch, no screen."""
