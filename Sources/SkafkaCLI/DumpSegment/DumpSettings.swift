/// What to dump and how, as the command line has it.
struct DumpSettings {
    var printsRecords = false
    /// Kafka's own text.
    var asKafka = false
    var printsData = false
    var skipsRecordMetadata = false
    /// Of indexes, says only whether a broker would take them (Kafka's `--index-sanity-check`).
    var onlyIndexSanity = false
    /// Of indexes, prints no entries (Kafka's `--verify-index-only`).
    var onlyIndexFindings = false
    /// Compares transaction indexes with their logs, too, and the other ones whatever part of them
    /// is shown.
    var verifies = false
    var decoder = RecordDecoder.byDirectory
    /// In Kafka's own text, of what is not decoded.
    var keyDecoder = DecoderClass.string
    var valueDecoder = DecoderClass.string
    var isStrict = false
    var resynchronizes = false
    var fromOffset = Int64.min
    var toOffset = Int64.max
    var maxBytes = Int.max
    var isQuiet = false
    /// Shows the batches and entries of a directory's files, not only what they come to.
    var showsRowsOfDirectories = false

    var offsets: ClosedRange<Int64> { fromOffset...max(fromOffset, toOffset) }

    /// Looks at all offsets, so that one segment's end can be compared with the next one's start.
    var readsAllOffsets: Bool { fromOffset == .min && toOffset == .max && maxBytes == .max }

    /// Compares the indexes of offsets and times with their logs.
    var comparesIndexes: Bool { !asKafka && (verifies || readsAllOffsets) }
}
