"""One logit: its probability, its odds, what it costs to be wrong, and how that is unlearnt."""
