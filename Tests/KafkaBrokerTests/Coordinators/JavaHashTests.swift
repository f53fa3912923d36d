import Testing

@testable import KafkaBroker

struct JavaHashTests {
    /// Values that a JVM gives.
    @Test(arguments: [
        ("", 0), ("a", 97), ("hello", 99_162_322), ("my-group", -1_906_497_762),
        ("polygenelubricants", Int32.min), ("Ä😀", 1_961_255),
    ])
    func hashesAsJava(_ text: String, _ hash: Int32) {
        #expect(JavaHash.of(text) == hash)
    }

    @Test func partitionsAsKafka() {
        #expect(JavaHash.partition(of: "hello", count: 50) == 22)
        // Math.abs has no answer for this one.
        #expect(JavaHash.partition(of: "polygenelubricants", count: 50) == 0)
        #expect(JavaHash.partition(of: "", count: 50) == 0)
    }
}
