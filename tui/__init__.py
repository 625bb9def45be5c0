"""Textual: what is on the screen, and keys; knows no training loop."""
