"""Tensors: shape, memory, indexing and broadcasting; knows no torch and no screen."""
