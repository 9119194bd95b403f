"""Cases that others published, and the rules by which they become cases of our operators.

``rules.toml`` says which expression stands for each function of theirs, and why some are left out. The modules named
after the kinds of cases turn arguments; ``running`` evaluates, compares and counts; ``counts.json`` holds what was
used when it was last counted, which may only rise.

The cases themselves lie outside of the repository, in the folder that FEATURE_EXTRACTOR_SHARED names, or in
``../shared`` beside the repository.
"""
