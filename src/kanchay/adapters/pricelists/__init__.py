"""Published price lists: a distributor's PDF, the regulator's page saved as HTML."""
