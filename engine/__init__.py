"""Trainings in plain PyTorch, and the thread that drives one; knows no lesson and no screen."""
