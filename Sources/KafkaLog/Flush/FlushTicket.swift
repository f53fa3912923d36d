/// What has to reach the disk before a log's records up to `endOffset` are safe. A value for any
/// thread; it keeps the files open until it is gone.
///
/// Each ticket is complete in itself, so that tickets of one log may be worked off in any order.
public struct FlushTicket: Sendable {
    /// Records below this offset are durable once the ticket is done.
    public let endOffset: Int64
    /// Counts the log's changes; everything up to here is in the ticket.
    let sequence: Int
    let files: [any DiskFile]
    /// Whether files were created, renamed or removed in the directory.
    let directory: String?
    /// Producer snapshots to be written.
    let snapshots: [ProducerSnapshot]
    /// The leader epochs to be written, where they changed.
    let epochs: LeaderEpochCache?
    let epochFile: LeaderEpochFile
    let directoryPath: String
    let disk: any Disk
    let health: DirectoryHealth
}
