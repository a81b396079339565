"""``python -m copywriter`` is the command ``copywriter``."""

from copywriter.cli import main

if __name__ == "__main__":
    main()
