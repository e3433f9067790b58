"""One file per outside system; each fills a port of `kanchay.services.ports`."""
