"""One computation three ways: run eagerly, traced into a graph, compiled; knows no screen."""
