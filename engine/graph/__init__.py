"""A typed expression as its computational graph, forward and backward."""
