"""Named formats: what their publishers document, one file each and one row in `registry`."""
