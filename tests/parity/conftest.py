"""The Java process of the tests of Java."""

from jvm.conftest import classes, java

__all__ = ["classes", "java"]
