"""Made-up receipts of electricity with their truth beside them, marked as made up inside. No such customer exists."""

from kanchay.simulate.receipts.draw import LAYOUTS, draw_receipt, with_values
from kanchay.simulate.receipts.papers import receipt_pdf
from kanchay.simulate.receipts.truth import MadeReceipt
from kanchay.simulate.receipts.ubl import receipt_xml

__all__ = ["LAYOUTS", "MadeReceipt", "draw_receipt", "receipt_pdf", "receipt_xml", "with_values"]
