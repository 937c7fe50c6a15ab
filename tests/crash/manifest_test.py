#!/usr/bin/env python3
"""What the crash test takes for possible after a kill, and what for lost."""
import sys
import unittest

sys.dont_write_bytecode = True

from manifest import Manifest, Node, adopt

OLD, NEW, LATER = Node("file", "old", 0o644), Node("file", "new", 0o644), Node("file", "later", 0o644)


class ManifestTest(unittest.TestCase):
    def setUp(self):
        self.manifest = Manifest({"a": OLD, "b": OLD})

    def done(self, delta, late=False, joins=False):
        self.manifest.begin(delta, late, joins)
        self.manifest.returned()

    def assert_may_be(self, *trees):
        found = list(self.manifest.candidates())
        for tree in trees:
            self.assertIn(tree, found)
        for tree in found:
            self.assertIn(tree, trees)

    def test_what_returned_is_there(self):
        self.done({"a": NEW})
        self.assert_may_be({"a": NEW, "b": OLD})

    def test_an_interrupted_change_is_there_or_not(self):
        self.manifest.begin({"a": NEW})
        self.assert_may_be({"a": NEW, "b": OLD}, {"a": OLD, "b": OLD})

    def test_late_changes_come_in_their_order(self):
        self.done({"a": None}, late=True)
        self.done({"b": None}, late=True)
        self.assert_may_be({}, {"b": OLD}, {"a": OLD, "b": OLD})

    def test_a_change_that_is_not_late_does_not_wait_for_those_that_are(self):
        self.done({"a": None}, late=True)
        self.done({"b": NEW})
        self.assert_may_be({"b": NEW}, {"a": OLD, "b": NEW})

    def test_a_change_of_a_late_name_stands_for_both(self):
        self.done({"a": None}, late=True)
        self.done({"a": NEW})
        self.assert_may_be({"a": NEW, "b": OLD})

    def test_what_joins_a_late_change_comes_with_it(self):
        self.done({"a": NEW}, late=True)
        self.done({"a": LATER}, joins=True)
        self.done({"b": NEW}, joins=True)
        self.assert_may_be({"a": LATER, "b": NEW}, {"a": OLD, "b": NEW})

    def test_an_interrupted_change_comes_with_or_without_late_ones(self):
        self.done({"a": None}, late=True)
        self.manifest.begin({"b": NEW})
        self.assert_may_be({"b": NEW}, {"a": OLD, "b": NEW}, {"b": OLD}, {"a": OLD, "b": OLD})

    def test_settled_changes_are_there(self):
        self.done({"a": None}, late=True)
        self.done({"b": LATER}, late=True)
        self.manifest.settle()
        self.assert_may_be({"b": LATER})

    def test_what_cannot_be_is_refused(self):
        self.done({"a": NEW})
        with self.assertRaises(AssertionError):
            adopt("tree", self.manifest, {"a": OLD, "b": OLD})
        adopt("tree", self.manifest, {"a": NEW, "b": OLD})


if __name__ == "__main__":
    unittest.main()
