"""Receipts of electricity: text PDFs by layout, electronic receipts of SUNAT by element."""
