"""MNIST: a network that reads handwritten digits; knows no torch and no screen."""
