from kanchay.cli import main

main()
