"""Five steps: what every training is made of, and where it ends; knows no torch and no screen."""
