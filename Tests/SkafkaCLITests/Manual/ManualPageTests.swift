import KafkaBroker
import Testing

@testable import SkafkaCLI

@Suite struct ManualPageTests {
    private func text(_ body: (inout ManualText) -> Void) -> String {
        var text = ManualText()
        body(&text)
        return text.text
    }

    @Test func proseIsASentenceALine() {
        #expect(
            text { $0.prose("One -o, e.g. this. Two \\n.\n'q' 10 \"x\" … é") }
                == "One \\-o, e.g. this.\nTwo \\en.\n.Pp\n\\&'q' 10 \\(dqx\\(dq ... \\[u00E9]\n")
    }

    @Test func longSentencesAreBroken() {
        let words = (0..<40).map { "word\($0)" }.joined(separator: " ")
        let lines = text { $0.prose(words) }.split(separator: "\n")
        #expect(lines.count > 1 && lines.allSatisfy { $0.count <= 80 })
        #expect(lines.joined(separator: " ") == words)
    }

    @Test(
        arguments: [
            ("skafka x TOPIC [FILE…] [options]", "Ar topic;Oo Ar file ... Oc;Oo Ar options Oc"),
            (
                "skafka x TOPIC… [--to OFFSET|@TIME|end]",
                "Ar topic ...;Oo Fl \\-to Ar offset | Ar @time | Cm end Oc"
            ),
            ("skafka x [-- COMMAND…]", "Oo Fl \\- Ar command ... Oc"),
            (
                "skafka x (--topic T[:0,1]…|--all) | -c 'C'",
                "Po Fl \\-topic Ar t[:0,1] ... | Fl \\-all Pc | Fl c;Ar c"
            ),
        ] as [(String, String)])
    func usageIsMarkedUp(usage: String, expected: String) {
        var command = CommandTree(name: "x", path: ["x"])
        command.usage = usage
        let synopsis = text { ManualSynopsis(command, root: "skafka").append(to: &$0) }
        let macros = synopsis.split(separator: "\n").map { $0.dropFirst() }
        #expect(macros.first == "Nm skafka x")
        #expect(macros.dropFirst().joined(separator: ";") == expected)
    }

    @Test func thePagesHoldTheDefinition() throws {
        let pages = ManualPage.all(of: .skafka)
        #expect(pages.map(\.name).contains("skafka-topics"))
        let broker = try #require(pages.first { $0.name == "skafka-broker" }).rendered()
        for definition in BrokerSettings.definitions {
            #expect(broker.contains("It Va \(ManualText.escaped(definition.name))\n"))
        }
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "EXAMPLES", "SEE ALSO"] {
            for page in pages { #expect(page.rendered().contains(".Sh \(section)\n")) }
        }
    }
}
