import Testing

@testable import SkafkaCLI

@Suite struct ShellParserTests {
    private func parse(_ text: String) throws -> [ShellStatement] {
        var parser = ShellParser(text, home: "/home/me")
        var statements: [ShellStatement] = []
        while let statement = try parser.next() { statements.append(statement) }
        return statements
    }

    private func error(_ text: String) -> ShellSyntaxError? {
        do {
            _ = try parse(text)
            return nil
        } catch {
            return error as? ShellSyntaxError
        }
    }

    @Test(
        arguments: [
            ("a  b\tc", ["a", "b", "c"]),
            ("'a b' \"c d\"e f\\ g", ["a b", "c de", "f g"]),
            ("-f '%v\\n' -f \"%k\\n\"", ["-f", "%v\\n", "-f", "%k\\n"]),
            ("\"a\\\"b\" 'it'\\''s' ''", ["a\"b", "it's", ""]),
            ("a b # a comment", ["a", "b"]), ("a#b", ["a#b"]),
            ("~ ~/x ~x a~/b '~/q'", ["/home/me", "/home/me/x", "~x", "a~/b", "~/q"]),
            ("a \\\n b", ["a", "b"]), ("grün 'ü |'", ["grün", "ü |"]),
            ("-X a=b&c $HOME", ["-X", "a=b&c", "$HOME"]),
        ] as [(String, [String])])
    func words(text: String, expected: [String]) throws {
        #expect(try parse(text) == [ShellStatement(words: expected)])
    }

    @Test func semicolonsAndLinesSeparate() throws {
        let expected = [ShellStatement(words: ["a"]), ShellStatement(words: ["b", ";"])]
        #expect(try parse(" ; a;;b ';' \n# nothing\n\n") == expected)
    }

    @Test func behindTheFirstUnquotedBarStandsTheShells() throws {
        let statements = try parse("consume t -f '|' | sed 's/;/|/' | (cat; wc) ; list")
        #expect(statements.map(\.words) == [["consume", "t", "-f", "|"], ["list"]])
        #expect(statements[0].pipeline == " sed 's/;/|/' | (cat; wc) ")
    }

    @Test func files() throws {
        let output = ShellStatement.Output(path: "/home/me/o p", appends: true)
        #expect(
            try parse("a <in >>~/o\\ p b")
                == [ShellStatement(words: ["a", "b"], input: "in", output: output)])
        #expect(try parse("a>b")[0].output == .init(path: "b", appends: false))
    }

    @Test(arguments: [
        "a |", "a >", "| cat", "> f", "a > f > g", "a > f | cat", "a < < b", "a || b",
        "a && b", "a 2> f",
    ])
    func malformed(text: String) {
        guard case .malformed? = error(text) else {
            Issue.record("\(text) is taken")
            return
        }
    }

    @Test(arguments: ["a 'b", "a \"b", "a \\", "a | grep 'x", "a | (b"])
    func mayGoOn(text: String) {
        guard case .incomplete? = error(text) else {
            Issue.record("\(text) is complete")
            return
        }
    }

    @Test func whatIsNotFinishedIsKept() throws {
        var parser = ShellParser("a; b 'c")
        #expect(try parser.next()?.words == ["a"])
        #expect(throws: ShellSyntaxError.incomplete(.single)) { try parser.next() }
        #expect(parser.rest == " b 'c")
    }

    @Test func aMalformedLineIsLeftBehind() throws {
        var parser = ShellParser("a || b\nc")
        #expect(throws: ShellSyntaxError.self) { try parser.next() }
        parser.skipLine()
        #expect(try parser.next()?.words == ["c"])
    }
}
