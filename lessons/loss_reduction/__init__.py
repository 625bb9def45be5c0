"""Sum or mean: two trainings of one line, side by side; knows no torch and no screen."""
