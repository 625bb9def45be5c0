"""How changed cells get to the terminal, and in how few bytes."""

MINIMUM_SIZE = (80, 22)
"""Columns and rows that the app needs: tmux takes one or two rows of 80×24."""
