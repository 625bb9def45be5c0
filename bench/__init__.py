"""What watching a training costs, measured on the installed command; knows no screen."""
