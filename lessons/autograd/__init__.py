"""Autograd: the chain rule, and what `backward` does with it; knows no torch and no screen."""
