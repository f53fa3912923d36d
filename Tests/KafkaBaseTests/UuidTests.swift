import KafkaBase
import Testing

@Suite struct UuidTests {
    /// Text and bytes side by side, computed with Python's `uuid` and `base64` modules.
    @Test(
        arguments: [
            ("q5iLxY8TQ0K1m0ZrWc3dPg", 0xAB98_8BC5_8F13_4342, 0xB59B_466B_59CD_DD3E),
            ("AAAAAAAAAAAAAAAAAAAAAA", 0, 0),
            ("_____________________w", 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF),
        ] as [(String, UInt64, UInt64)])
    func `Text and bits, both ways`(text: String, high: UInt64, low: UInt64) {
        #expect(Uuid(high: high, low: low).description == text)
        #expect(Uuid(text) == Uuid(high: high, low: low))
        #expect(Uuid(text + "==") == Uuid(high: high, low: low))
    }

    @Test(arguments: ["", "short", "q5iLxY8TQ0K1m0ZrWc3dP!", "q5iLxY8TQ0K1m0ZrWc3dPgg"])
    func `Other text is refused`(text: String) {
        #expect(Uuid(text) == nil)
    }

    @Test func `Random identifiers are version 4 and survive their text`() {
        for _ in 0..<200 {
            let uuid = Uuid.random()
            #expect(uuid.high >> 12 & 0xF == 4)
            #expect(uuid.low >> 62 == 2)
            #expect(uuid.description.first != "-")
            #expect(Uuid(uuid.description) == uuid)
        }
    }
}
