"""How each family of distributors prints a receipt: patterns as data, one file a family."""
