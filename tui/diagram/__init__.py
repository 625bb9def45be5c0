"""Graphs drawn with box lines: pure functions from boxes and edges to lines of text."""
