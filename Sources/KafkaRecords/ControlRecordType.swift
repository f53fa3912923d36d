/// What a record of a control batch says (Kafka's `ControlRecordType`). It stands in the record's
/// key, as an i16 behind the key's version.
public enum ControlRecordType: Int16, Sendable {
    case abort = 0
    case commit = 1
    case leaderChange = 2
    case snapshotHeader = 3
    case snapshotFooter = 4
    case kraftVersion = 5
    case kraftVoters = 6

    /// Nil for a number that is not known.
    ///
    /// - Parameter key: of the record.
    public init?(key: UnsafeRawBufferPointer?) {
        guard let number = ControlRecordType.number(in: key) else { return nil }
        self.init(rawValue: number)
    }

    /// The number as it stands there, known or not; nil where the key is too short.
    public static func number(in key: UnsafeRawBufferPointer?) -> Int16? {
        guard let key, let base = key.baseAddress, key.count >= 4 else { return nil }
        return base.bigEndian(2)
    }
}
