import assert from "node:assert/strict";
import { test } from "node:test";
import {
  damagedJournalOf,
  isLeftover,
  isPipelineFile,
  isYamlFile,
  journalOf,
  lockfileOf,
  runLockOf,
  temporaryName,
} from "./paths.ts";

test("the lockfile is beside the desired state, and the journal and the run lock beside the lockfile", () => {
  assert.equal(lockfileOf("a/integrations.yaml"), "a/integrations.lock.yaml");
  assert.equal(lockfileOf("integrations.YML"), "integrations.lock.yaml");
  assert.equal(lockfileOf("integrations"), "integrations.lock.yaml");
  assert.equal(journalOf("integrations.lock.yaml"), "integrations.lock.yaml.journal");
  assert.equal(runLockOf("integrations.lock.yaml"), "integrations.lock.yaml.lock");
  assert.equal(damagedJournalOf("x.journal", 0), "x.journal.damaged-1970-01-01T00-00-00-000Z");
});

test("leftovers of a killed run beside a lockfile are recognised, and no other file is", () => {
  const lockfile = "folder/integrations.lock.yaml";
  for (const path of [lockfile, journalOf(lockfile), runLockOf(lockfile)]) {
    assert.ok(isLeftover(temporaryName(path).slice("folder/".length), lockfile), path);
  }
  for (const name of [
    "integrations.lock.yaml",
    ".integrations.lock.yaml.tmp",
    ".integrations.lock.yaml.0123456789ab.tmp.bak",
    ".other.lock.yaml.0123456789ab.tmp",
    ".integrations.lock.yaml.other.0123456789ab.tmp",
  ]) {
    assert.equal(isLeftover(name, lockfile), false, name);
  }
});

test("pipelines are in buddy.yml and in the YAML files below .buddy", () => {
  for (const name of ["buddy.yml", "buddy.yaml"]) assert.ok(isPipelineFile(name));
  for (const name of ["xbuddy.yml", "buddy.yml.bak", "buddy.json"]) assert.equal(isPipelineFile(name), false);
  assert.ok(isYamlFile("deploy.yml"));
  assert.equal(isYamlFile("deploy.yml~"), false);
});
