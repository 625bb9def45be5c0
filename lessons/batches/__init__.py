"""Batches: one sample, a few or all of them a step; knows no torch and no screen."""
