"""The use cases: this folder is the product's table of contents.

Each use case is a function ``verb(ctx, scope, …)``: `ctx` holds the ports, `scope` what the asker may see.
"""
