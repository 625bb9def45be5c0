"""Coding exercises: learners write a program, which runs in a child process and is judged."""
