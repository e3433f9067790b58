"""Published price lists: from printed lines to prices, and from prices to a new version of a tariff."""
