import Testing

@testable import SkafkaCLI

@Suite struct KafkaToolFormTests {
    @Test(
        arguments: [
            (
                ["groups", "--describe", "--group", "g", "--members"],
                ["groups", "describe", "--group", "g", "--members"]
            ),
            (["groups", "--group", "g", "--describe"], ["groups", "describe", "--group", "g"]),
            (["groups", "--list"], ["groups", "list"]),
            (["groups", "-b", "h", "--list"], ["groups", "list", "-b", "h"]),
            (["groups", "--list", "--state"], ["groups", "list"]),
            (
                ["groups", "--list", "--state", "Empty", "--type", "-b", "h"],
                ["groups", "list", "--state", "Empty", "-b", "h"]
            ),
            (
                ["groups", "--describe", "--state", "--timeout", "5000", "--group", "g"],
                ["groups", "describe", "--state", "--timeout", "5000ms", "--group", "g"]
            ),
            (
                ["groups", "--reset-offsets", "--group", "g", "--to-earliest"],
                ["offsets", "reset", "--group", "g", "--to-earliest"]
            ),
            (
                ["groups", "--delete-offsets", "--group", "g"],
                ["offsets", "delete", "--group", "g"]
            ),
            (["topics", "--create", "--topic", "t"], ["topics", "create", "--topic", "t"]),
            (["topics", "--list"], ["topics", "list", "--internal"]),
            (
                ["topics", "--list", "--exclude-internal"],
                ["topics", "list", "--exclude-internal"]
            ),
            (
                ["topics", "--describe", "--topic", "log.*"],
                ["topics", "describe", "--regex", "--topic", "log.*"]
            ),
            (
                ["topics", "--describe", "--topic", "log.1"],
                ["topics", "describe", "--topic", "log.1"]
            ),
            (["txn", "find-hanging", "-b", "h"], ["txn", "hanging", "-b", "h"]),
            (
                ["acls", "--add", "--allow-principal", "User:a", "--topic", "t"],
                ["acls", "create", "--allow-principal", "User:a", "--topic", "t"]
            ),
            (
                ["acls", "-b", "h", "--remove", "--force"],
                ["acls", "delete", "-b", "h", "--force"]
            ),
            (["acls", "--list", "--topic", "t"], ["acls", "list", "--topic", "t"]),
            (["topics", "delete", "--list"], ["topics", "delete", "--list"]),
            (["topics", "--help"], ["topics", "--help"]), (["topics"], ["topics"]),
            (["consume", "--list"], ["consume", "--list"]),
        ] as [([String], [String])])
    func standsForACommand(words: [String], expected: [String]) {
        #expect(KafkaToolForm.rewritten(words) == expected)
    }
}
