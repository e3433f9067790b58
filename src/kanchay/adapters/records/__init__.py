"""Records: everything that is not a reading. One set of rules, two places to keep rows."""
