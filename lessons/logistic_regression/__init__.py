"""Logistic regression: one feature, two classes; knows no torch and no screen."""
