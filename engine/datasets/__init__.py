"""Data sets: made-up points, and real data with its licence."""
