"""From the product's types to what a template shows: pure functions, no store, no request."""
