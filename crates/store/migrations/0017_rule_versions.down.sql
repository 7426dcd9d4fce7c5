DROP TABLE rule_changes;
DROP TABLE rule_versions;
