"""Computational graphs: one program run, traced and compiled; knows no torch and no screen."""
