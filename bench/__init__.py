"""The cost of watching a training, measured on the installed command."""
