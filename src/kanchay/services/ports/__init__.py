"""What the use cases need from outside, a protocol a file. Adapters fill them; `bootstrap` chooses."""
