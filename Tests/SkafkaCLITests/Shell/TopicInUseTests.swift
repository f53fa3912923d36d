import Testing

@testable import SkafkaCLI

@Suite struct TopicInUseTests {
    @Test(
        arguments: [
            ("consume -e", "consume --topic T -e"), ("produce -K :", "produce --topic T -K :"),
            ("topics describe", "topics describe --topic T"),
            ("offsets get --time earliest", "offsets get --topic T --time earliest"),
            // There is one already.
            ("consume a", "consume a"), ("consume -e -ta", "consume -e -ta"),
            ("produce --topic=a", "produce --topic=a"),
            ("consume -o -1 -- a", "consume -o -1 -- a"),
            // None is wanted.
            ("topics delete", "topics delete"), ("topics list", "topics list"),
            ("consume --help", "consume --help"), ("nope", "nope"),
        ] as [(String, String)])
    func isGivenWhereOneIsMissing(words: String, expected: String) {
        let given = words.split(separator: " ").map(String.init)
        let completed = TopicInUse.complete(given, with: "T", in: .skafka)
        #expect(completed.joined(separator: " ") == expected)
    }
}
