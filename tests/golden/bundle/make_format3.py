"""How the golden bundle of format 3 was made: two members. Not to be run again once one has shipped."""

from __future__ import annotations

from make_format2 import make

from kanchay.learning.network import NetworkShape

if __name__ == "__main__":
    make(3, NetworkShape(units=6, attention=4, head=5, members=2))
