"""Training with Keras: the network, the corpus, the training loop. Nothing outside this folder knows Keras."""
