"""The benchmark: the cost of watching a training run, measured on the installed command."""
