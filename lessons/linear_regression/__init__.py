"""Linear regression: `nn.Linear`, `MSELoss` and `SGD`; knows no torch and no screen."""
