import TestSupport
import Testing

@testable import KafkaLog

@Suite struct OffsetMapTests {
    private func put(_ key: String, _ offset: Int64, in map: inout OffsetMap) -> Bool {
        Array(key.utf8).withUnsafeBytes { map.put($0, offset: offset) }
    }

    private func offset(of key: String, in map: borrowing OffsetMap) -> Int64 {
        Array(key.utf8).withUnsafeBytes { map.offset(of: $0) }
    }

    @Test func theLatestOffsetOfEachKey() {
        var generator = SeededGenerator(seed: 1)
        var map = OffsetMap(maxBytes: 1 << 20, loadFactor: 0.9, keysAtMost: 5_000)
        var expected: [String: Int64] = [:]
        for offset in Int64(0)..<5_000 {
            let key = "key \(Int.random(in: 0..<2_000, using: &generator))"
            let isTaken = put(key, offset, in: &map)
            #expect(isTaken)
            expected[key] = offset
        }
        for (key, last) in expected {
            let found = offset(of: key, in: map)
            #expect(found == last, "\(key)")
        }
        let (absent, count, latest) = (offset(of: "none", in: map), map.count, map.latestOffset)
        #expect(absent == -1 && count == expected.count && latest == 4_999)
    }

    @Test(arguments: [0.1, 0.5, 0.9, 1.0])
    func fullMapsTakeNoMore(_ loadFactor: Double) {
        let slots = 100
        var map = OffsetMap(
            maxBytes: slots * OffsetMap.entryBytes, loadFactor: loadFactor, keysAtMost: .max)
        let capacity = map.capacity
        #expect(capacity == min(slots - 1, Int(Double(slots) * loadFactor)))
        for number in 0..<capacity {
            let isTaken = put("\(number)", Int64(number), in: &map)
            #expect(isTaken)
        }
        // Nor a key that it knows.
        let (isNewTaken, isOldTaken) = (put("new", 500, in: &map), put("0", 501, in: &map))
        let latest = map.latestOffset
        #expect(!isNewTaken && !isOldTaken && latest == Int64(capacity) - 1)
        for number in 0..<capacity {
            let found = offset(of: "\(number)", in: map)
            #expect(found == Int64(number))
        }
        let absent = offset(of: "new", in: map)
        #expect(absent == -1)
    }

    /// Memory is taken for no more keys than there can be.
    @Test func smallLogsTakeLittle() {
        let small = OffsetMap(maxBytes: 1 << 30, loadFactor: 0.5, keysAtMost: 100)
        let least = OffsetMap(maxBytes: 0, loadFactor: 0.9, keysAtMost: 0)
        let (few, one) = (small.capacity, least.capacity)
        #expect((100...110).contains(few) && one == 1)
    }

    @Test func offsetsWithoutKeysCountAsKnown() {
        var map = OffsetMap(maxBytes: 1 << 10, loadFactor: 0.9, keysAtMost: 10)
        _ = put("a", 5, in: &map)
        map.advance(to: 9)
        map.advance(to: 7)
        let latest = map.latestOffset
        #expect(latest == 9)
    }
}

@Suite struct KeyDigestTests {
    /// SipHash's own vectors for an output of 128 bits: the key is 00 01 … 0f, the input 00 01 ….
    @Test(arguments: [
        (0, "a3817f04ba25a8e66df67214c7550293"), (1, "da87c1d86b99af44347659119b22fc45"),
        (7, "a1f1ebbed8dbc153c0b84aa61ff08239"), (8, "3b62a9ba6258f5610f83e264f31497b4"),
        (9, "264499060ad9baabc47f8b02bb6d71ed"), (15, "5493e99933b0a8117e08ec0f97cfc3d9"),
        (16, "6ee2a4ca67b054bbfd3315bf85230577"),
    ])
    func vectors(_ count: Int, _ expected: String) {
        let secret = KeyDigest.Secret(
            low: 0x0706_0504_0302_0100, high: 0x0F0E_0D0C_0B0A_0908)
        let digest = (0..<UInt8(count)).map { $0 }.withUnsafeBytes { KeyDigest(of: $0, secret) }
        let bytes =
            withUnsafeBytes(of: digest.low.littleEndian, Array.init)
            + withUnsafeBytes(of: digest.high.littleEndian, Array.init)
        #expect(Hex.encode(bytes) == expected)
    }

    @Test func everySecretGivesAnother() {
        let key = Array("key".utf8)
        let digests = (0..<100).map { _ in
            key.withUnsafeBytes { KeyDigest(of: $0, .random()) }.low
        }
        #expect(Set(digests).count == 100)
    }
}
