"""The rules, by subject; a file is a rule. Adding one takes the file and its page."""
