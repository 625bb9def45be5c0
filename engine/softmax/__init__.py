"""A few logits: their probabilities, the loss of a label, its gradient, and where 32 bits end."""
