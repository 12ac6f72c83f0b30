"""``python -m sandrail`` is the command line."""

from sandrail.cli import main

if __name__ == "__main__":
    main()
