"""The rules, by subject; a file is a rule. Adding one takes the file, its page and `scripts/generate_rule_cards.py`."""
