"""Parameters: a model from two `nn.Parameter`s; knows no torch and no screen."""
