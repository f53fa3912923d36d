import KafkaBase
import KafkaWire
import NIOCore
import TestSupport
import Testing
import WireSchema

/// Bytes that nobody would send on purpose, into every decoder: an error or a message, never a
/// crash, and no memory beyond what the bytes themselves can stand for.
@Suite struct WireFuzzTests {
    @Test func `Mutated messages decode or fail cleanly`() throws {
        let entries = try Definitions.all()
        var (decoded, refused) = (0, 0)
        try Seeds.run(12) { seed, random in
            for entry in entries {
                for version in entry.versions {
                    var bytes = SchemaMessage.random(
                        entry, version: version, using: &random
                    ).bytes
                    mutate(&bytes, &random)
                    if tryDecode(entry.type, bytes, Int16(version)) {
                        decoded += 1
                    } else {
                        refused += 1
                    }
                }
            }
        }
        print("fuzzing: \(decoded) mutated messages decoded, \(refused) refused")
        #expect(decoded > 0 && refused > 0)
    }

    @Test func `Random bytes decode or fail cleanly`() throws {
        let entries = try Definitions.all()
        try Seeds.run(4) { _, random in
            for entry in entries {
                for version in entry.versions {
                    let count = Int.random(in: 0..<120, using: &random)
                    let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
                    _ = tryDecode(entry.type, bytes, Int16(version))
                }
            }
        }
    }

    @Test func `Every cut of a message is refused`() throws {
        let entries = try Definitions.all()
        try Seeds.run(1) { seed, random in
            for entry in entries {
                for version in entry.versions {
                    let bytes = SchemaMessage.random(
                        entry, version: version, using: &random
                    ).bytes
                    // All of a short message, a choice of a long one.
                    let step = max(1, bytes.count / 64)
                    for count in stride(from: 0, to: bytes.count, by: step) {
                        let place = "SIM_SEED=\(seed) \(entry.type) v\(version) cut to \(count)"
                        let cut = Array(bytes.prefix(count))
                        #expect(!tryDecode(entry.type, cut, Int16(version)), "\(place)")
                    }
                }
            }
        }
    }

    @Test func `Random headers decode or fail cleanly`() throws {
        try Seeds.run(2000) { _, random in
            let count = Int.random(in: 0..<40, using: &random)
            var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            // Known keys and low versions, most of the time.
            for index in [0, 2] where index < count && Int.random(in: 0..<8, using: &random) > 0 {
                bytes[index] = 0
            }
            var reader = WireReader(ByteBuffer(bytes: bytes))
            _ = try? RequestHeader(from: &reader)
            for version: Int16 in [0, 1] {
                var reader = WireReader(ByteBuffer(bytes: bytes))
                _ = try? ResponseHeader(from: &reader, version: version)
            }
        }
    }

    /// What decoded must also encode: nothing in a message is too wild to be written again.
    private func tryDecode(
        _ type: any WireMessage.Type, _ bytes: [UInt8], _ version: Int16
    ) -> Bool {
        func run<Message: WireMessage>(_: Message.Type) -> Bool {
            guard let (message, _) = try? Message.decode(bytes, version: version) else {
                return false
            }
            #expect(throws: Never.self) { _ = try message.encoded(version: version) }
            return true
        }
        return run(type)
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let position = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &random)
            let byte = UInt8.random(in: 0...255, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0 where !bytes.isEmpty: bytes[position] ^= 1 << (byte & 7)
            case 1 where !bytes.isEmpty: bytes[position] = byte
            case 2: bytes.removeSubrange(position...)
            case 3: bytes.insert(byte, at: position)
            case 4: overwrite(&bytes, position, with: [0x7F, 0xFF, 0xFF, 0xFF])
            default: overwrite(&bytes, position, with: [0xFF, 0xFF, 0xFF, 0xFF, 0x0F])
            }
        }
    }

    /// Lengths that claim far more than there is.
    private func overwrite(_ bytes: inout [UInt8], _ position: Int, with patch: [UInt8]) {
        for (offset, byte) in patch.enumerated() where position + offset < bytes.count {
            bytes[position + offset] = byte
        }
    }
}
