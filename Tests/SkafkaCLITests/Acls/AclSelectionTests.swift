import ArgumentParser
import KafkaSecurity
import Testing

@testable import SkafkaCLI

@Suite struct AclSelectionTests {
    private struct Options: ParsableCommand {
        @OptionGroup var resources: AclResourceArguments
        @OptionGroup var principals: AclPrincipalArguments
    }

    private func selection(_ line: String) throws -> AclSelection {
        let words = line.split(separator: " ").map(String.init)
        let options = try #require(try Options.parseAsRoot(words) as? Options)
        return try AclSelection(options.resources, options.principals)
    }

    private func acls(_ line: String) throws -> Set<String> {
        Set(try selection(line).acls().map(\.text))
    }

    @Test func `Each principal gets an ACL for each resource, host and operation`() throws {
        #expect(
            try acls("--allow-principal User:a --topic t") == ["ALLOW User:a ALL on topic t"])
        #expect(
            try acls(
                "--allow-principal User:a --allow-principal User:b -t t -t u"
                    + " --operation Read,describe_configs"
            ).count == 8)
        #expect(
            try acls(
                "--allow-principal User:a --deny-principal User:b --deny-host 10.0.0.1"
                    + " --operation read --group g- --resource-pattern-type PREFIXED")
                == [
                    "ALLOW User:a READ on group g- (prefixed)",
                    "DENY User:b READ on group g- (prefixed) from 10.0.0.1",
                ])
    }

    @Test func `Roles are what kafka-acls makes of them`() throws {
        #expect(
            try acls(
                "--allow-principal User:a --producer --topic t --transactional-id x --idempotent")
                == [
                    "ALLOW User:a WRITE on topic t", "ALLOW User:a DESCRIBE on topic t",
                    "ALLOW User:a CREATE on topic t",
                    "ALLOW User:a WRITE on transactional-id x",
                    "ALLOW User:a DESCRIBE on transactional-id x",
                    "ALLOW User:a IDEMPOTENT_WRITE on cluster kafka-cluster",
                ])
        #expect(
            try acls("--allow-principal User:a --consumer --topic t --group g")
                == [
                    "ALLOW User:a READ on topic t", "ALLOW User:a DESCRIBE on topic t",
                    "ALLOW User:a READ on group g",
                ])
    }

    @Test func `What is taken away is what the same options create`() throws {
        let line =
            "--allow-principal User:a --deny-principal User:b --operation read --operation write"
            + " --topic t"
        let filters = try selection(line).filters()
        let acls = try selection(line).acls()
        for acl in acls { #expect(filters.filter { $0.matches(acl) }.count == 1) }
        #expect(filters.count == acls.count)
        // Without a principal: whatever there is.
        let whole = try selection("--topic t --cluster").filters()
        #expect(acls.allSatisfy { acl in whole.contains { $0.matches(acl) } })
        #expect(whole.count == 2)
        // Of one principal, wherever: of all operations, or each.
        let all = Acl(.allow, "User:a", .all, .group, "g", patternType: .prefixed)
        let read = Acl(.allow, "User:a", .read, .group, "g")
        let one = try selection("--allow-principal User:a").filters()
        #expect(one.map { [$0.matches(all), $0.matches(read)] } == [[true, false]])
        let any = try selection("--allow-principal User:a --operation any").filters()
        #expect(any.map { [$0.matches(all), $0.matches(read)] } == [[true, true]])
    }

    @Test(
        arguments: [
            ("--topic t", "nobody named"),
            ("--allow-principal User:a", "nothing named"),
            ("--allow-principal alice --topic t", "write User:alice"),
            ("--allow-principal User:a --topic t --operation raad", "did you mean read?"),
            ("--allow-principal User:a --group g --operation write", "nothing to do to a group"),
            (
                "--allow-principal User:a --topic t --resource-pattern-type match",
                "literal or prefixed"
            ),
            (
                "--allow-principal User:a --topic t --resource-pattern-type prefix",
                "did you mean prefixed?"
            ),
            ("--allow-principal User:a --topic t --operation any", "any is no operation"),
            ("--allow-principal User:a --consumer --topic t", "needs a --group"),
            ("--allow-principal User:a --producer --transactional-id x", "need a --topic"),
            ("--allow-principal User:a --idempotent --topic t", "goes with --producer"),
            ("--deny-principal User:a --producer --topic t", "do not go with"),
            ("--allow-host 1.2.3.4 --topic t", "needs an --allow-principal"),
        ])
    func `What cannot be is refused, with what could`(_ line: String, _ reason: String) {
        let failure = #expect(throws: CommandFailure.self) { try selection(line).acls() }
        #expect(failure?.status == .usage)
        #expect(failure?.message.contains(reason) == true, "\(failure?.message ?? "")")
    }

    @Test func `Looking, a name is taken as it is unless another pattern is named`() throws {
        let filter = { (line: String) in
            let words = line.split(separator: " ").map(String.init)
            return try #require(try AclsListCommand.parseAsRoot(words) as? AclsListCommand)
                .filters()
        }
        #expect(try filter("") == [AclFilter()])
        #expect(try filter("--topic t") == [AclFilter(.topic, "t", patternType: .literal)])
        #expect(
            try filter("--topic t --resource-pattern-type match --principal User:a")
                == [AclFilter(.topic, "t", patternType: .match, principal: "User:a")])
        #expect(
            try filter("--operation alter --permission deny --resource-pattern-type prefixed")
                == [AclFilter(patternType: .prefixed, operation: .alter, permission: .deny)])
        #expect(throws: CommandFailure.self) { try filter("--permission maybe") }
    }
}
