#!/usr/bin/env python3
"""`policy estimate`: before a policy, while it works, and afterwards. Exits with 77 where nothing can be mounted.

  estimate_test.py BINARY [unittest arguments]
"""
import json
import os
import sys

import harness
from harness import NOT_FOUND, OK, REFUSED, USAGE, MountedTest

PAIR = ("--source", "westus", "--destination", "eastus")
MIB = 1 << 20


class EstimateTest(MountedTest):
    def setUp(self):
        super().setUp()
        self.mount()
        self.write("in/first", b"x" * MIB)
        self.write("in/equal", b"x" * MIB)
        self.write("in/archived", b"cold")
        self.write("out/other", b"other")
        os.setxattr(self.source / "in/archived", "user.blob.tier", b"Archive")

    def write(self, name, content):
        path = self.source / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)

    def estimate(self, *arguments):
        return self.run_json("policy", "estimate", *arguments)

    def test_before_and_after(self):
        rule = (*PAIR, "--rule", "photos:photos", "--prefix", "in/", "--existing")
        saved = self.directory / "estimate.json"
        before = self.estimate(*rule, "--save", saved)
        self.assertEqual(json.loads(saved.read_text()), before)
        self.assertIsNone(before["policyId"])
        self.assertEqual((before["versions"], before["bytes"], before["bytesToSend"]), (2, 2 * MIB, MIB))
        self.assertEqual([(one["code"], one["events"], one["examples"]) for one in before["failures"]],
                         [("SourceBlobArchived", 1, ["photos/in/archived"])])
        self.assert_fails(NOT_FOUND, "policy", "estimate", "--compare", saved, naming=("create it first",))
        self.assertEqual(self.run_json("policy", "list"), [])

        policy = self.run_json("policy", "create", *rule)["policyId"]
        self.run_program("replication", "wait", "westus/photos", "--timeout", "50s")
        compared = self.run_json("policy", "estimate", "--compare", saved)
        self.assertEqual((compared["policyId"], compared["done"], compared["equal"]), (policy, True, True), compared)
        figures = {one["figure"]: (one["estimate"], one["outcome"]) for one in compared["figures"]}
        self.assertEqual(figures["sentBytes"], (MIB, MIB))
        self.assertEqual(figures["replicas"], (2, 2))
        self.assertEqual(figures["failed.SourceBlobArchived"], (1, 1))
        self.assertIn("The estimate was right.", self.run_ok("policy", "estimate", "--compare", saved))
        self.assert_fails(REFUSED, "policy", "estimate", *rule, naming=(policy,))

        rest = self.estimate("--policy-id", policy)
        self.assertEqual((rest["policyId"], rest["versions"], len(rest["failures"])), (policy, 0, 1))

    def test_compared_with_another_policy_than_the_one_it_is_of(self):
        rule = (*PAIR, "--rule", "photos:photos", "--prefix", "in/", "--existing")
        policy = self.run_json("policy", "create", *rule)["policyId"]
        self.run_program("replication", "wait", "westus/photos", "--timeout", "50s")
        saved = self.directory / "estimate.json"
        self.assertEqual(self.estimate("--policy-id", policy, "--save", saved)["copiedVersionsBefore"], 2)
        self.run_ok("policy", "estimate", "--compare", saved)
        self.run_ok("policy", "delete", policy)
        other = self.run_json("policy", "create", *rule)["policyId"]
        self.assert_fails(REFUSED, "policy", "estimate", "--compare", saved, naming=(policy, other))

    def test_printed(self):
        out = self.run_ok("policy", "estimate", *PAIR, "--rule", "photos:photos", "--existing")
        for part in ("westus -> eastus", "WOULD FAIL", "SourceBlobArchived", "Time: ", "AS BILLED", "REALLY HERE",
                     "each month", "The prices are examples"):
            self.assertIn(part, out)
        out = self.run_ok("policy", "estimate", *PAIR, "--rule", "photos:photos")
        self.assertIn("copies only what is new", out)

    def test_prices(self):
        rule = (*PAIR, "--rule", "photos:photos", "--existing")
        prices = self.directory / "prices.toml"
        prices.write_text(self.run_ok("policy", "estimate", "--print-prices"))
        same = self.estimate(*rule, "--prices", prices)["costs"]
        examples = self.estimate(*rule)["costs"]
        self.assertEqual(same["items"], examples["items"])
        self.assertEqual((same["examplePrices"], examples["examplePrices"]), (False, True))

        prices.write_text('currency = "EUR"\negress_per_gib = 1024\n')
        costs = self.estimate(*rule, "--prices", prices)["costs"]
        egress = [item for item in costs["items"] if (item["period"], item["id"]) == ("once", "egress")][0]
        self.assertEqual(costs["currency"], "EUR")
        self.assertAlmostEqual(egress["billedCost"], 2, places=3)
        self.assertAlmostEqual(egress["hereCost"], 1, places=3)

        for text, line, naming in (("\negress_per_gb = 1\n", 2, "egress_per_gb"),
                                   ("egress_per_gib = -1\n", 1, "egress_per_gib"),
                                   ("egress_per_gib = \"1\"\n", 1, "egress_per_gib"),
                                   ("currency = 3\n", 1, "currency"), ("\n\nthis is no TOML\n", 3, "")):
            with self.subTest(text):
                prices.write_text(text)
                self.assert_fails(USAGE, "policy", "estimate", *rule, "--prices", prices,
                                  naming=(f"{prices}, line {line}", naming))

    def test_wrong_arguments(self):
        self.assert_fails(USAGE, "policy", "estimate", naming=("--source",))
        self.assert_fails(USAGE, "policy", "estimate", *PAIR, "--rule", "photos:photos", "--policy-id", "x",
                          naming=("--policy-id",))
        self.assert_fails(NOT_FOUND, "policy", "estimate", "--policy-id", "x", naming=("'x'",))
        definition = self.directory / "policy.json"
        definition.write_text(json.dumps({"policyId": "5a3c1e9c-0000-4000-8000-000000000000", "sourceAccount": "westus",
                                          "destinationAccount": "eastus", "rules": [{
                                              "sourceContainer": "photos", "destinationContainer": "photos"}]}))
        self.assert_fails(USAGE, "policy", "estimate", "--policy", definition, naming=("--policy-id",))
        self.assert_fails(NOT_FOUND, "policy", "estimate", *PAIR, "--rule", "photos:missing",
                          naming=("eastus/missing",))
        other = self.directory / "other.json"
        other.write_text("{}")
        self.assert_fails(USAGE, "policy", "estimate", "--compare", other, naming=(other, "--save"))
        self.assertEqual(self.run_program("policy", "estimate", "--print-prices")[0], OK)


if __name__ == "__main__":
    harness.main_mounted(sys.argv[1])
