"""Trainers in plain PyTorch, and the thread that runs one."""
