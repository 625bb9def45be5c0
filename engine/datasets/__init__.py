"""Data sets: generated points, and real data with its licence."""
