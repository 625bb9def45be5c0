"""Softmax: logits to probabilities, their loss, and where 32 bits end; no torch and no screen."""
