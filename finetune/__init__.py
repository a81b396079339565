"""Fine-tune the small language model on product listing corpora: ``python -m finetune --help``."""
