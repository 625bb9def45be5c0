"""Terminal input and output: driver, keyboard, writer and painting of changed cells."""

MINIMUM_SIZE = (80, 22)
"""Columns and rows that the app needs: of 80×24, tmux uses one or two rows itself."""
