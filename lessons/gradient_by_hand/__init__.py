"""Gradient descent by hand: one weight, one sample a step; knows no torch and no screen."""
