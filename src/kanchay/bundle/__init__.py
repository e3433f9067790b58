"""The saved model: manifest, signature, save, load, and the runtimes that need no deep-learning framework."""
