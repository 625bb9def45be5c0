"""Probabilities: a logit, its odds, and what a wrong answer costs; no torch and no screen."""
