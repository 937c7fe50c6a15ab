#!/usr/bin/env python3
"""Every command that needs no mount: its output in both forms, exit codes, errors.

  command_test.py BINARY [unittest arguments]
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import unittest

import harness
from harness import FAILURE, NOT_FOUND, OK, REFUSED, USAGE, CommandTest

COMMANDS = ["account create", "account update", "account list", "account show", "account check", "container create",
            "container list", "container show", "container delete", "policy create", "policy estimate", "policy list",
            "policy show", "policy update", "policy delete", "policy rule add", "policy rule list",
            "policy rule show", "policy rule update", "policy rule remove", "replication status", "replication wait",
            "replication failures", "replication explain", "replication map", "replication retry",
            "versions list", "versions restore", "versions diff",
            "versions delete", "container retention set", "container retention show",
            "container retention clear", "container retention apply", "journal show", "mount",
            "umount", "container immutability show", "container immutability set",
            "container immutability lock", "container immutability delete", "container legal-hold set",
            "container legal-hold clear", "blob put", "blob get", "blob show", "blob tier", "blob immutability set",
            "blob immutability lock", "blob immutability delete", "blob legal-hold set",
            "blob legal-hold clear", "blob snapshot create", "blob snapshot list",
            "blob snapshot delete", "account rehydration", "account container-deletion"]
GUID = "5a3c1e9c-0000-4000-8000-000000000000"


class Help(CommandTest):
    def test_every_command_explains_itself(self):
        for command in COMMANDS:
            with self.subTest(command):
                out = self.run_ok(*command.split(), "--help")
                for part in ("Usage: replicafs " + command, "Example:\n  replicafs " + command, "Exit codes:",
                             "--root", "--output"):
                    self.assertIn(part, out)

    def test_the_groups_are_listed(self):
        out = self.run_ok("--help")
        for group in {command.split()[0] for command in COMMANDS}:
            self.assertRegex(out, rf"(?m)^  {group} ")

    def test_version(self):
        self.assertRegex(self.run_ok("--version"), r"^replicafs \d+\.\d+\.\d+\n$")

    def test_wrong_arguments_are_usage_errors(self):
        for arguments in ((), ("account",), ("account", "bogus"), ("account", "create"),
                          ("account", "list", "--bogus"), ("account", "list", "--output", "xml")):
            with self.subTest(arguments):
                code, out, err = self.run_program(*arguments)
                self.assertEqual((code, out), (USAGE, ""))
                self.assertTrue(err.startswith("replicafs: "), err)


class Root(CommandTest):
    def test_the_option_wins_over_the_environment(self):
        other = self.directory / "other"
        self.run_ok("--root", other, "account", "create", "west1")
        self.assertEqual(self.run_json("account", "list"), [])
        self.assertEqual(len(self.run_json("account", "list", "--root", other)), 1)

    def test_without_either_it_is_the_state_directory(self):
        expected = "/var/lib/replicafs" if os.geteuid() == 0 else f"{self.directory}/.local/state/replicafs"
        code, out, _ = self.run_program("--help", environment={"REPLICAFS_ROOT": ""})
        self.assertEqual(code, OK)
        self.assertIn(expected, out)

    @unittest.skipUnless(os.path.ismount("/sys"), "sysfs, where nobody may make a directory, is not mounted")
    def test_a_root_that_may_not_be_written_names_the_remedy(self):
        self.assert_fails(REFUSED, "account", "create", "west1", "--root", "/sys/replicafs",
                          naming=("--root", "REPLICAFS_ROOT"))


class Accounts(CommandTest):
    def test_created_listed_shown(self):
        out = self.run_ok("account", "create", "westus", "--region", "west", "--tenant", "contoso")
        self.assertIn(f"{self.root}/accounts/westus", out)
        [account] = self.run_json("account", "list")
        self.assert_time(account.pop("created"))
        self.assertEqual(account, {"name": "westus", "kind": "embedded", "tenant": "contoso", "region": "west",
                                   "directory": f"{self.root}/accounts/westus", "durability": "commit"})
        header, row = self.run_ok("account", "list").splitlines()
        self.assertEqual(header.index("REGION"), row.index("west", 8))
        shown = self.run_json("account", "show", "westus")
        self.assertEqual((shown["containers"], shown["blobs"]), (0, 0))
        self.assertGreater(shown["availableBytes"], 0)
        self.assertIn("contoso", self.run_ok("account", "show", "westus"))

    def test_durability_is_set_shown_and_changed(self):
        self.run_ok("account", "create", "westus", "--durability", "relaxed")
        self.assertEqual(self.run_json("account", "show", "westus")["durability"], "relaxed")
        self.assertRegex(self.run_ok("account", "show", "westus"), r"(?m)^durability +relaxed$")
        out = self.run_ok("account", "update", "westus", "--durability", "commit")
        self.assertIn("mounted again", out)
        self.assertEqual(self.run_json("account", "show", "westus")["durability"], "commit")
        updated = self.run_json("account", "update", "westus", "--durability", "relaxed")
        self.assertEqual((updated["name"], updated["durability"]), ("westus", "relaxed"))
        self.assert_fails(USAGE, "account", "update", "westus", "--durability", "soon")
        self.assert_fails(USAGE, "account", "update", "westus")
        self.assert_fails(NOT_FOUND, "account", "update", "eastus", "--durability", "commit")

    def test_settings_are_shown_changed_and_kept_while_a_policy_needs_them(self):
        resource = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/westus"
        self.run_ok("account", "create", "westus", "--tenant", "contoso", "--resource-id", resource)
        self.run_ok("account", "create", "eastus", "--tenant", "contoso", "--versioning", "false")
        shown = self.run_json("account", "show", "westus")
        self.assertEqual([shown[key] for key in ("resourceId", "versioning", "changeFeed",
                                                 "allowCrossTenantReplication")], [resource, True, True, False])
        self.assertRegex(self.run_ok("account", "show", "eastus"), r"(?m)^versioning +off since 2")
        self.run_ok("container", "create", "westus/photos")
        self.run_ok("container", "create", "eastus/photos")
        create = ("policy", "create", "--source", "westus", "--destination", "eastus", "--rule", "photos:photos")
        self.assert_fails(USAGE, *create, naming=("must specify the full resource ID", "westus"))
        for account in ("westus", "eastus"):
            self.run_ok("account", "update", account, "--allow-cross-tenant-replication", "true")
        self.assert_fails(USAGE, *create, naming=("eastus", "--versioning true"))
        self.run_ok("account", "update", "eastus", "--versioning", "true")
        self.run_ok(*create)
        self.assert_fails(REFUSED, "account", "update", "westus", "--change-feed", "false", naming=("policy delete",))
        self.assert_fails(REFUSED, "account", "update", "eastus", "--tenant", "fabrikam", naming=("policy delete",))
        self.assert_fails(USAGE, "account", "create", "northus", "--resource-id", "northus", naming=("/subscriptions/",))

    def test_rehydration_time(self):
        self.run_ok("account", "create", "westus")
        self.assertEqual(self.run_json("account", "rehydration", "westus"), {"account": "westus", "seconds": 0})
        self.assertEqual(self.run_json("account", "rehydration", "westus", "15h")["seconds"], 54000)
        self.assertIn("15 h", self.run_ok("account", "rehydration", "westus"))
        self.assert_fails(USAGE, "account", "rehydration", "westus", "soon", naming=("soon", "15h"))
        self.assert_fails(NOT_FOUND, "account", "rehydration", "eastus", naming=("eastus",))

    def test_container_deletion_time(self):
        self.run_ok("account", "create", "westus")
        command = ("account", "container-deletion", "westus")
        self.assertEqual(self.run_json(*command), {"account": "westus", "seconds": 0})
        self.run_ok("container", "create", "westus/photos")
        self.assertEqual(self.run_json(*command, "1h")["seconds"], 3600)
        self.assertIn("after 1 h", self.run_ok(*command))
        self.run_ok("container", "delete", "westus/photos")
        self.assert_fails(REFUSED, "container", "create", "westus/photos",
                          naming=("The specified container is being deleted. Try operation later", "photos"))
        self.run_ok("container", "create", "westus/films")
        self.assert_fails(USAGE, *command, "soon", naming=("soon", "30s"))

    def test_none_yet(self):
        self.assertEqual(self.run_json("account", "list"), [])
        self.assertIn("replicafs account create", self.run_ok("account", "list"))

    def test_elsewhere(self):
        data = self.directory / "disk2"
        self.run_ok("account", "create", "westus", "--path", data)
        self.assertTrue(any(data.iterdir()))
        self.assertEqual(self.run_json("account", "show", "westus")["directory"], str(data))

    def test_refusals(self):
        self.run_ok("account", "create", "westus")
        self.assert_fails(REFUSED, "account", "create", "westus", naming=("westus", self.root))
        self.assert_fails(USAGE, "account", "create", "West_US")
        (self.directory / "file").write_text("mine")
        self.assert_fails(REFUSED, "account", "create", "eastus", "--path", self.directory,
                          naming=(self.directory, "not empty"))

    def test_an_unknown_one_says_what_exists(self):
        self.run_ok("account", "create", "westus")
        for command in (("account", "show"), ("account", "check"), ("container", "list"), ("journal", "show"),
                        ("replication", "status"), ("replication", "wait"), ("replication", "failures"),
                        ("replication", "retry")):
            with self.subTest(command):
                self.assert_fails(NOT_FOUND, *command, "eastus", naming=("eastus", "westus", self.root))

    def test_check(self):
        self.make_containers("westus/photos", "eastus/photos")
        reports = self.run_json("account", "check", "westus", "eastus", "--deep", "--repair")
        self.assertEqual([(r["account"], r["clean"], r["containers"]) for r in reports],
                         [("westus", True, 1), ("eastus", True, 1)])
        self.assertIn("westus: clean: 1 containers", self.run_ok("account", "check", "westus"))

    def test_S83_check_of_a_damaged_database(self):
        self.make_containers("westus/photos")
        database = self.root / "accounts/westus/meta/data.mdb"
        whole = database.read_bytes()
        for damaged in (b"", whole[:5000], whole[:-4096], bytes(len(whole)), whole[:8192] + bytes(len(whole) - 8192)):
            database.write_bytes(damaged)
            [report] = self.run_json("account", "check", "westus", code=FAILURE)
            self.assertFalse(report["clean"])
            self.assertEqual(report["findings"][0]["kind"], "database-damaged")
            self.assertIn(str(database), report["findings"][0]["message"])
            self.assert_fails(FAILURE, "container", "list", "westus", naming=[database, "damaged"])
        database.write_bytes(whole)
        self.assertIn("westus: clean: 1 containers", self.run_ok("account", "check", "westus"))


class Containers(CommandTest):
    def test_created_listed_shown_deleted(self):
        self.make_containers("westus/photos", "westus/mail", "eastus/photos")
        self.assertEqual([c["name"] for c in self.run_json("container", "list", "westus")], ["mail", "photos"])
        self.assertEqual(len(self.run_json("container", "list")), 3)
        self.assertIn("westus/mail", self.run_ok("container", "list"))
        shown = self.run_json("container", "show", "westus/photos")
        self.assert_time(shown["created"])
        self.assertEqual((shown["account"], shown["blobs"], shown["bytes"], shown["destinationPolicyId"]),
                         ("westus", 0, 0, ""))
        self.assertEqual(self.run_json("container", "delete", "westus/photos"), {"deleted": "westus/photos"})
        self.assert_fails(NOT_FOUND, "container", "show", "westus/photos", naming=("photos", "mail"))

    def test_refusals(self):
        self.make_containers("westus/photos")
        self.assert_fails(REFUSED, "container", "create", "westus/photos")
        self.assert_fails(USAGE, "container", "create", "westus/No_Such")
        for path in ("westus", "westus/", "/photos", "westus/photos/cat"):
            with self.subTest(path):
                self.assert_fails(USAGE, "container", "create", path, naming=("ACCOUNT/CONTAINER",))
        self.assert_fails(NOT_FOUND, "container", "delete", "westus/mail", naming=("photos",))


class Immutability(CommandTest):
    """Of containers; that of blobs is in immutability_test.py."""

    def test_policy_set_locked_extended(self):
        self.make_containers("westus/records")
        command = ("container", "immutability")
        nothing = {"container": "westus/records", "days": None, "state": None, "legalHolds": []}
        self.assertEqual(self.run_json(*command, "show", "westus/records"), nothing)
        self.assertIn("no immutability policy", self.run_ok(*command, "show", "westus/records"))
        self.assert_fails(NOT_FOUND, *command, "lock", "westus/records", naming=("immutability set westus/records",))
        unlocked = {**nothing, "days": 30, "state": "Unlocked"}
        self.assertEqual(self.run_json(*command, "set", "westus/records", "--days", "30"), unlocked)
        self.assertEqual(self.run_json(*command, "set", "westus/records", "--days", "7")["days"], 7)
        self.assertEqual(self.run_json(*command, "delete", "westus/records"), nothing)
        self.run_ok(*command, "set", "westus/records", "--days", "30")
        self.assertEqual(self.run_json(*command, "lock", "westus/records"), {**unlocked, "state": "Locked"})
        for wrong in (("set", "westus/records", "--days", "29"), ("delete", "westus/records")):
            self.assert_fails(REFUSED, *command, *wrong, naming=("westus/records", "locked"))
        self.assertEqual(self.run_json(*command, "set", "westus/records", "--days", "31"),
                         {**nothing, "days": 31, "state": "Locked"})
        self.assertIn("31 days", self.run_ok(*command, "show", "westus/records"))
        self.assert_fails(USAGE, *command, "set", "westus/records", "--days", "0", naming=("westus/records", "146000"))
        self.assert_fails(NOT_FOUND, *command, "show", "westus/none", naming=("none", "records"))

    def test_legal_hold_keeps_the_container(self):
        self.make_containers("westus/records")
        command = ("container", "legal-hold")
        self.assertEqual(self.run_json(*command, "set", "westus/records", "case2", "Case1"),
                         {"container": "westus/records", "legalHolds": ["case1", "case2"]})
        self.assertIn("legal hold: case1", self.run_ok("container", "immutability", "show", "westus/records"))
        self.assert_fails(REFUSED, "container", "delete", "westus/records", naming=("records", "legal hold"))
        self.assertEqual(self.run_json(*command, "clear", "westus/records", "case1")["legalHolds"], ["case2"])
        self.assertIn("no legal hold", self.run_ok(*command, "clear", "westus/records", "case2"))
        self.assert_fails(USAGE, *command, "set", "westus/records", "no", naming=("westus/records", "'no'", "3 to 23"))
        self.run_ok("container", "delete", "westus/records")


class Policies(CommandTest):
    def create(self, *more):
        return self.run_json("policy", "create", "--source", "westus", "--destination", "eastus", *more)

    def test_created_listed_shown_deleted(self):
        self.make_containers("westus/photos", "westus/mail", "eastus/photos", "eastus/mail2")
        made = self.create("--rule", "photos:photos", "--prefix", "2026/", "--prefix", "2025/", "--rule",
                           "mail:mail2")
        self.assertRegex(made["policyId"], harness.GUID)
        self.assertRegex(made["enabledTime"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00$")
        self.assertEqual([(r["sourceContainer"], r["destinationContainer"], r["filters"]) for r in made["rules"]],
                         [("photos", "photos", {"minCreationTime": None, "prefixMatch": ["2026/", "2025/"]}),
                          ("mail", "mail2", None)])
        self.assertEqual(self.run_json("policy", "list"), [made])
        self.assertEqual(self.run_json("policy", "show", made["policyId"]), made)
        for text in (self.run_ok("policy", "list"), self.run_ok("policy", "show", made["policyId"])):
            self.assertIn(made["policyId"], text)
        self.assertEqual(self.run_json("container", "show", "eastus/photos")["destinationPolicyId"],
                         made["policyId"])
        self.assert_fails(REFUSED, "container", "delete", "eastus/photos")
        self.assert_fails(REFUSED, "container", "delete", "westus/photos", "--yes",
                          naming=("westus/photos", "policy delete " + made["policyId"]))
        self.run_ok("policy", "delete", made["policyId"])
        self.assertEqual(self.run_json("policy", "list"), [])
        self.assertEqual(self.run_json("container", "show", "eastus/photos")["destinationPolicyId"], "")

    def test_an_account_whose_data_is_away_keeps_its_policy(self):
        self.make_containers("westus/photos", "eastus/photos")
        policy = self.create("--rule", "photos:photos")["policyId"]
        data = self.root / "accounts/eastus/meta"
        data.rename(data.with_name("away"))
        self.assert_fails(FAILURE, "policy", "delete", policy, naming=("eastus",))
        data.with_name("away").rename(data)
        self.assertEqual([p["policyId"] for p in self.run_json("policy", "list", "--account", "westus")], [policy])

    def test_a_change_that_the_source_refuses_changes_neither_half(self):
        self.make_containers("westus/photos", "eastus/photos", "eastus/mail")
        policy = self.create("--rule", "photos:photos")["policyId"]
        self.assert_fails(NOT_FOUND, "policy", "rule", "add", policy, "--rule", "missing:mail",
                          naming=("westus/missing",))
        self.assertEqual(self.run_json("container", "show", "eastus/mail")["destinationPolicyId"], "")
        self.assertEqual(len(self.run_json("policy", "show", policy, "--account", "eastus")["rules"]), 1)

    def test_existing_blobs_and_a_prefix_before_the_only_rule(self):
        self.make_containers("westus/photos", "eastus/photos")
        [rule] = self.create("--prefix", "a", "--existing", "--rule", "photos:photos")["rules"]
        self.assertEqual(rule["filters"], {"minCreationTime": "1601-01-01T00:00:00Z", "prefixMatch": ["a"]})

    def test_two_steps_with_the_output_of_the_first(self):
        self.make_containers("westus/photos", "eastus/photos")
        definition = self.directory / "policy.json"
        definition.write_text(json.dumps({"properties": {
            "policyId": "default", "sourceAccount": "westus", "destinationAccount": "eastus",
            "rules": [{"ruleId": "", "sourceContainer": "photos", "destinationContainer": "photos",
                       "filters": {"prefixMatch": ["b"], "minCreationTime": "2021-08-28T00:00:00Z"}}]}}))
        first = self.run_json("policy", "create", "--account", "eastus", "--policy", definition)
        self.assertIsNone(first["enabledTime"])
        self.assertIn("on this account alone", self.run_ok("policy", "show", first["policyId"]))
        self.assert_fails(USAGE, "policy", "create", "--account", "westus", "--policy", definition,
                          naming=("eastus", "policyId"))
        definition.write_text(json.dumps(first))
        second = self.run_json("policy", "create", "--account", "westus", "--policy", definition)
        self.assertIsNotNone(second["enabledTime"])
        same = ("policyId", "rules", "sourceAccount", "destinationAccount")
        self.assertEqual([first[key] for key in same], [second[key] for key in same])
        self.assertIn("/storageAccounts/westus/objectReplicationPolicies/" + first["policyId"], second["id"])
        self.assertEqual(self.run_json("policy", "list"), [second])
        self.assertEqual(self.run_json("policy", "list", "--account", "eastus"), [first])
        self.run_ok("policy", "delete", first["policyId"], "--account", "eastus")
        self.assertIn("on this account alone", self.run_ok("policy", "show", first["policyId"]))

    def test_definition_that_is_wrong_names_the_member(self):
        self.make_containers("westus/photos", "eastus/photos")
        definition = self.directory / "policy.json"
        definition.write_text('{"properties": {"sourceAccount": "westus", "destinationAccount": "eastus", "rules": '
                              '[{"sourceContainer": "photos", "destinationContainer": "photos", "filters": '
                              '{"minCreationTime": "2021-08-028T00:00:00Z"}}]}}')
        self.assert_fails(USAGE, "policy", "create", "--policy", definition,
                          naming=("properties.rules[0].filters.minCreationTime", "2021-08-28T00:00:00Z"))

    def test_rules_come_change_and_go(self):
        self.make_containers("westus/photos", "westus/mail", "eastus/photos", "eastus/mail")
        policy = self.create("--rule", "photos:photos")
        identity = policy["policyId"]
        added = self.run_json("policy", "rule", "add", identity, "--rule", "mail:mail", "--prefix", "in/")
        self.assertEqual(len(added["rules"]), 2)
        rule = added["rules"][1]
        self.assertRegex(rule["ruleId"], harness.GUID)
        self.assertEqual(self.run_json("policy", "rule", "list", identity, "--account", "eastus"), added["rules"])
        changed = self.run_json("policy", "rule", "update", identity, rule["ruleId"], "--rule", "mail:mail",
                                "--min-creation-time", "2020-02-19T16:05:00Z")
        self.assertEqual(changed["rules"][1]["filters"],
                         {"minCreationTime": "2020-02-19T16:05:00Z", "prefixMatch": None})
        self.assertEqual(self.run_json("policy", "rule", "show", identity, rule["ruleId"]), changed["rules"][1])
        flagged = self.run_json("policy", "update", identity, "--metrics", "true", "--tags-replication", "true")
        self.assertEqual((flagged["metrics"], flagged["tagsReplication"]), ({"enabled": True}, {"enabled": True}))
        self.assertEqual(len(self.run_json("policy", "rule", "remove", identity, rule["ruleId"])["rules"]), 1)
        self.assertEqual(self.run_json("container", "show", "eastus/mail")["destinationPolicyId"], "")
        self.assert_fails(USAGE, "policy", "rule", "remove", identity, policy["rules"][0]["ruleId"],
                          naming=("policy delete",))
        self.assert_fails(NOT_FOUND, "policy", "rule", "show", identity, rule["ruleId"], naming=(rule["ruleId"],))

    def test_refusals(self):
        self.make_containers("westus/photos", "westus/mail", "eastus/photos", "eastus/mail")
        base = ("policy", "create", "--source", "westus", "--destination", "eastus")
        self.assert_fails(USAGE, *base, "--rule", "photos")
        self.assert_fails(USAGE, *base, "--prefix", "a", "--rule", "photos:photos", "--rule", "mail:mail",
                          naming=("--prefix",))
        self.assert_fails(NOT_FOUND, *base, "--rule", "nothing:photos", naming=("nothing",))
        self.assert_fails(NOT_FOUND, "policy", "create", "--source", "north", "--destination", "eastus",
                          "--rule", "photos:photos", naming=("north",))
        self.create("--rule", "photos:photos")
        self.assert_fails(REFUSED, *base, "--rule", "mail:mail")
        for command in ("show", "delete"):
            self.assert_fails(NOT_FOUND, "policy", command, GUID, naming=(GUID,))


class Replication(CommandTest):
    def test_without_policies(self):
        self.make_containers("westus/photos")
        self.assertEqual(self.run_json("replication", "status"), [])
        self.assertEqual(self.run_json("replication", "failures", "westus"), [])
        self.assertEqual(self.run_ok("replication", "failures"), "nothing has failed\n")
        self.assertEqual(self.run_json("replication", "wait", "westus/photos"),
                         {"result": "complete", "pendingOperations": 0, "pendingBytes": 0, "failures": []})
        self.assertEqual(self.run_ok("replication", "wait"), "no policy copies this\n")

    def test_status_of_a_link_that_nobody_runs(self):
        self.make_containers("westus/photos", "eastus/photos")
        self.run_ok("policy", "create", "--source", "westus", "--destination", "eastus", "--rule", "photos:photos")
        [link] = self.run_json("replication", "status", "westus")
        self.assertEqual((link["state"], link["owner"], link["failed"], link["sentBytes"]), ("waiting", None, 0, 0))
        self.assertIn("westus -> eastus", self.run_ok("replication", "status"))
        self.assertEqual(self.run_json("replication", "status", "eastus"), [])

    def test_status_has_azures_age_buckets(self):
        self.make_containers("westus/photos", "eastus/photos")
        self.run_ok("policy", "create", "--source", "westus", "--destination", "eastus", "--rule", "photos:photos")
        [link] = self.run_json("replication", "status")
        self.assertEqual([b["TimeBucket"] for b in link["pendingByAge"]],
                         ["0-5min", "5-10min", "10-15min", "15-30min", "30min-2h", "2h-8h", "8h-24h", ">24h"])
        self.assertTrue(all(b["PendingOperationsForReplication"] == b["PendingBytesForReplication"] == 0
                            for b in link["pendingByAge"]))
        self.assertEqual((link["exact"], link["oldestPending"], link["speed"]), (True, None, None))
        self.assert_time(link["replicatedThrough"])

    def watch(self, *more):
        return subprocess.Popen([harness.BINARY, "--root", str(self.root), "replication", "status", "--watch", *more],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def test_watching_prints_each_second_until_ctrl_c(self):
        self.make_containers("westus/photos", "eastus/photos")
        self.run_ok("policy", "create", "--source", "westus", "--destination", "eastus", "--rule", "photos:photos")
        for arguments in (("--output", "json"), ()):
            with self.subTest(arguments), self.watch(*arguments) as watcher:
                try:
                    first, second = watcher.stdout.readline(), watcher.stdout.readline()
                    watcher.send_signal(signal.SIGINT)
                    self.assertEqual(watcher.wait(timeout=30), OK, watcher.stderr.read())
                finally:
                    watcher.kill()
                if arguments:
                    first, second = json.loads(first), json.loads(second)
                    self.assertLess(first["time"], second["time"])
                    self.assertEqual(first["links"], self.run_json("replication", "status"))
                else:
                    self.assertIn("westus -> eastus  waiting  0 pending (0 B), 0 failed, - left", second)

    def test_explain_map_and_retry_without_anything(self):
        self.make_containers("westus/photos")
        for command in ("explain", "map"):
            self.assert_fails(USAGE, "replication", command, "westus/photos", naming=("ACCOUNT/CONTAINER/NAME",))
            self.assert_fails(NOT_FOUND, "replication", command, "westus/photos/cat", naming=("westus/photos/cat",))
            self.assert_fails(NOT_FOUND, "replication", command, "eastus/photos/cat", naming=("eastus", "westus"))
        self.assertEqual(self.run_json("replication", "retry", "westus"),
                         {"tried": 0, "left": 0, "links": [], "failures": []})
        self.assertEqual(self.run_ok("replication", "retry"), "nothing has failed\n")
        self.assert_fails(USAGE, "replication", "retry", "--timeout=soon", naming=("--timeout",))

    def test_an_account_that_cannot_be_opened_does_not_hide_the_others(self):
        self.make_containers("westus/photos", "eastus/photos", "broken/photos")
        self.run_ok("policy", "create", "--source", "westus", "--destination", "eastus", "--rule", "photos:photos")
        (self.root / "accounts/broken/account.toml").write_text("{")
        for command in ("status", "failures", "wait"):
            code, out, err = self.run_program("replication", command)
            self.assertEqual(code, OK, err)
            self.assertIn("'broken'", err)
        self.assertIn("westus -> eastus", self.run_program("replication", "status")[1])

    def test_one_half_of_a_policy_is_called_so(self):
        self.make_containers("westus/photos", "eastus/photos")
        self.run_ok("policy", "create", "--source", "westus", "--destination", "eastus", "--rule", "photos:photos")
        shutil.rmtree(self.root / "accounts/eastus")
        [link] = self.run_json("replication", "status")
        self.assertEqual(link["state"], "half")
        self.assertIn("delete it", self.run_ok("replication", "status"))
        code, _, err = self.run_program("replication", "wait", "westus")
        self.assertEqual(code, OK)
        self.assertIn("one half of policy " + link["policyId"], err)

    def test_wait_for_what_no_rule_copies_returns(self):
        self.make_containers("westus/photos", "eastus/photos")
        self.run_ok("policy", "create", "--source", "westus", "--destination", "eastus", "--rule", "photos:photos",
                    "--prefix", "2026/")
        self.assertEqual(self.run_ok("replication", "wait", "westus/photos/2025"), "no policy copies this\n")
        self.assertEqual(self.run_ok("replication", "wait", "westus/photos/2026"), "everything is copied\n")

    def test_wait_refuses_what_it_does_not_understand(self):
        self.make_containers("westus/photos")
        for timeout in ("soon", "-1s", "5 m", "1y"):
            self.assert_fails(USAGE, "replication", "wait", f"--timeout={timeout}", naming=("--timeout",))
        self.assert_fails(NOT_FOUND, "replication", "wait", "westus/mail", naming=("photos",))
        self.assert_fails(NOT_FOUND, "replication", "wait", "/nowhere/at/all", naming=("/nowhere/at/all", self.root))


class VersionsAndJournal(CommandTest):
    def test_the_journal(self):
        self.make_containers("westus/photos", "westus/mail")
        events = self.run_json("journal", "show", "westus")
        self.assertEqual([(e["sequence"], e["kind"], e["container"]) for e in events],
                         [(1, "ContainerCreated", "photos"), (2, "ContainerCreated", "mail")])
        self.assert_time(events[0]["time"])
        self.assertEqual(self.run_json("journal", "show", "westus", "--limit", "1"), events[1:])
        self.assertEqual(self.run_json("journal", "show", "westus", "--after", "0", "--limit", "1"), events[:1])
        self.assertEqual(self.run_json("journal", "show", "westus", "--after", "2"), [])
        self.assertEqual(len(self.run_ok("journal", "show", "westus").splitlines()), 3)
        self.assert_fails(USAGE, "journal", "show", "westus", "--limit", "0")

    def test_following_prints_what_happens_meanwhile(self):
        self.make_containers("westus/photos")
        with subprocess.Popen([harness.BINARY, "--root", str(self.root), "journal", "show", "westus", "--follow",
                               "--output", "json"], stdout=subprocess.PIPE, text=True) as follower:
            try:
                self.assertIn('"photos"', follower.stdout.readline())
                self.run_ok("container", "create", "westus/mail")
                self.assertIn('"mail"', follower.stdout.readline())
            finally:
                follower.kill()

    def test_versions_of_nothing(self):
        self.make_containers("westus/photos")
        version = "2026-11-20T20:31:07.1234567Z"
        self.assert_fails(NOT_FOUND, "versions", "list", "westus/photos/cat", naming=("westus/photos/cat",))
        self.assert_fails(NOT_FOUND, "versions", "list", "westus/mail/cat", naming=("photos",))
        self.assert_fails(USAGE, "versions", "list", "westus/photos")
        self.assert_fails(USAGE, "versions", "restore", "westus/photos/cat", "yesterday", naming=("yesterday",))
        self.assert_fails(NOT_FOUND, "versions", "restore", "westus/photos/cat", version, naming=(version,))
        self.assert_fails(NOT_FOUND, "versions", "diff", "westus/photos/cat", naming=("westus/photos/cat",))
        self.assert_fails(NOT_FOUND, "versions", "delete", "westus/photos/cat", version, naming=(version,))
        self.assert_fails(NOT_FOUND, "versions", "restore", "westus/photos/cat", "--at", "-1h",
                          naming=("westus/photos/cat",))

    def test_versions_arguments(self):
        self.make_containers("westus/photos")
        version = "2026-11-20T20:31:07.1234567Z"
        restore = ("versions", "restore", "westus/photos/cat")
        delete = ("versions", "delete", "westus/photos/cat")
        self.assert_fails(USAGE, *restore, naming=("--at",))
        self.assert_fails(USAGE, *restore, version, "--at", "-1h", naming=("--at",))
        self.assert_fails(USAGE, *restore, version, "--dry-run", naming=("--at",))
        for moment in ("yesterday", "-1y", "2026-13-01T00:00:00Z", "2026-11-20T20:31:07+0200"):
            self.assert_fails(USAGE, *restore, "--at", moment, naming=("--at", moment))
        self.assert_fails(USAGE, *restore, "--at", "2999-01-01T00:00:00Z", naming=("not come",))
        self.assert_fails(USAGE, *delete, naming=("--before", "--keep"))
        self.assert_fails(USAGE, *delete, version, "--keep", "1")
        self.assert_fails(USAGE, *delete, "--keep", "1", "--current")
        self.assert_fails(USAGE, *delete, "--before", "soon", naming=("--before", "soon"))


class Retention(CommandTest):
    def test_set_shown_cleared(self):
        self.make_containers("westus/photos")
        nothing = {"container": "westus/photos", "keepVersions": None, "keepDays": None, "tierAfterDays": None,
                   "tier": None, "currentTierAfterDays": None, "currentTier": None,
                   "currentDeleteAfterDays": None, "prefixes": []}
        command = ("container", "retention")
        self.assertEqual(self.run_json(*command, "show", "westus/photos"), nothing)
        self.assertIn("until it is deleted", self.run_ok(*command, "show", "westus/photos"))
        rules = {**nothing, "keepVersions": 10, "keepDays": 30, "tierAfterDays": 7, "tier": "Cool"}
        self.assertEqual(self.run_json(*command, "set", "westus/photos", "--keep-versions", "10", "--keep-days",
                                       "30", "--tier-after-days", "7:cool"), rules)
        self.assertEqual(self.run_json(*command, "show", "westus/photos"), rules)
        shown = self.run_ok(*command, "show", "westus/photos")
        self.assertIn("newest 10", shown)
        self.assertIn("30 days", shown)
        self.assertEqual(self.run_json(*command, "apply", "westus/photos", "--dry-run"),
                         {"dryRun": True, "blobs": 0, "deletedBlobs": 0, "deletedVersions": 0, "deletedBytes": 0, "movedVersions": 0,
                          "heldVersions": 0, "immutableVersions": 0})
        self.assertIn("deleted 0 versions", self.run_ok(*command, "apply", "westus/photos"))
        self.assertEqual(self.run_json(*command, "clear", "westus/photos"), nothing)
        self.assert_fails(NOT_FOUND, *command, "apply", "westus/photos", naming=("retention set",))

    def test_prefixes(self):
        self.make_containers("westus/photos")
        command = ("container", "retention")
        self.run_ok(*command, "set", "westus/photos", "--keep-days", "3")
        out = self.run_ok(*command, "set", "westus/photos", "--prefix", "logs/", "--current-tier-after-days", "7:Cold",
                          "--current-delete-after-days", "30")
        for part in ("begin with 'logs/'", "Cold after 7 days", "30 days after", "at its destination too"):
            self.assertIn(part, out)
        shown = self.run_json(*command, "show", "westus/photos")
        self.assertEqual((shown["keepDays"], shown["currentTier"]), (3, None))
        self.assertEqual([(one["prefix"], one["currentTier"], one["currentTierAfterDays"],
                           one["currentDeleteAfterDays"]) for one in shown["prefixes"]], [("logs/", "Cold", 7, 30)])
        self.assert_fails(NOT_FOUND, *command, "clear", "westus/photos", "--prefix", "mail/", naming=("mail/",))
        self.assertEqual(self.run_json(*command, "clear", "westus/photos", "--prefix", "logs/")["prefixes"], [])
        self.assert_fails(USAGE, *command, "set", "westus/photos", "--current-tier-after-days", "7:Hot",
                          naming=("--current-tier-after-days",))

    def test_an_archived_replica_is_warned_of(self):
        self.make_containers("westus/photos", "eastus/photos")
        self.run_ok("policy", "create", "--source", "westus", "--destination", "eastus", "--rule", "photos:photos")
        self.assertIn("are not copied until", self.run_ok("container", "retention", "set", "eastus/photos",
                                                          "--current-tier-after-days", "7:Archive"))

    def test_a_new_container_of_the_name_has_none(self):
        self.make_containers("westus/photos")
        self.run_ok("container", "retention", "set", "westus/photos", "--keep-versions", "1")
        self.run_ok("container", "delete", "westus/photos")
        self.run_ok("container", "create", "westus/photos")
        self.assertIsNone(self.run_json("container", "retention", "show", "westus/photos")["keepVersions"])

    def test_refusals(self):
        self.make_containers("westus/photos")
        base = ("container", "retention", "set", "westus/photos")
        self.assert_fails(USAGE, *base, naming=("--keep-versions", "--keep-days"))
        for move in ("7", "7:Hot", ":Cool", "x:Cool", "7:Lukewarm", "-1:Cool"):
            self.assert_fails(USAGE, *base, f"--tier-after-days={move}", naming=("--tier-after-days",))
        self.assert_fails(USAGE, *base, "--keep-days", "40000", naming=("36500",))
        self.assert_fails(USAGE, "container", "retention", "set", "westus", "--keep-days", "1")
        self.assert_fails(NOT_FOUND, "container", "retention", "show", "westus/mail", naming=("photos",))


if __name__ == "__main__":
    harness.main(sys.argv[1])
