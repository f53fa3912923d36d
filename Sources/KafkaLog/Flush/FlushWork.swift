/// The syncs of some tickets, each file and directory once.
struct FlushWork {
    private struct SnapshotID: Hashable {
        var log: ObjectIdentifier
        var offset: Int64
    }

    private var files: [ObjectIdentifier: any DiskFile] = [:]
    private var fileErrors: [ObjectIdentifier: LogError] = [:]
    /// By log, not by path: a deleted one's may be another's already. The newest ticket that wants
    /// its epochs written, and one that wants its directory synced.
    private var epochs: [ObjectIdentifier: FlushTicket] = [:]
    private var directories: [ObjectIdentifier: FlushTicket] = [:]
    private var snapshots: [SnapshotID: FlushTicket] = [:]
    private var directoryErrors: [ObjectIdentifier: LogError] = [:]

    mutating func add(_ tickets: [FlushTicket]) {
        for ticket in tickets {
            for file in ticket.files { files[ObjectIdentifier(file)] = file }
            if ticket.directory != nil { directories[ticket.log] = ticket }
            for snapshot in ticket.snapshots {
                snapshots[SnapshotID(log: ticket.log, offset: snapshot.offset)] = ticket
            }
            if ticket.epochs != nil, epochs[ticket.log]?.sequence ?? -1 < ticket.sequence {
                epochs[ticket.log] = ticket
            }
        }
    }

    /// Blocks until all is done or failed.
    mutating func run() {
        for (identifier, file) in files {
            do throws(LogError) {
                try file.sync()
            } catch {
                fileErrors[identifier] = error
            }
        }
        for (identifier, ticket) in snapshots {
            do throws(LogError) {
                try ticket.writeSnapshot(at: identifier.offset)
            } catch {
                directoryErrors[identifier.log] = error
            }
        }
        for (log, ticket) in epochs {
            do throws(LogError) {
                try ticket.epochFile.write(
                    ticket.epochs ?? LeaderEpochCache(), sequence: ticket.sequence)
            } catch {
                directoryErrors[log] = error
            }
        }
        // Replacing the checkpoint has synced its directory.
        for (log, ticket) in directories where epochs[log] == nil {
            do throws(LogError) {
                try ticket.disk.syncDirectory(ticket.directoryPath)
            } catch {
                // Of a log that was deleted meanwhile nothing has to stay.
                if !ticket.epochFile.isRetired { directoryErrors[log] = error }
            }
        }
    }

    /// Marks the log directory failed when one of the syncs was. Where the epochs could not be
    /// written for want of space they stay to be written, and so does all else of the ticket.
    func result(of tickets: [FlushTicket]) -> Result<Void, LogError> {
        for ticket in tickets {
            for file in ticket.files {
                guard let error = fileErrors[ObjectIdentifier(file)] else { continue }
                ticket.health.fail(error)
                return .failure(error)
            }
            if let error = directoryErrors[ticket.log] {
                if !error.isShortage { ticket.health.fail(error) }
                return .failure(error)
            }
        }
        return .success(())
    }

    /// Does one ticket on the calling thread. Blocks.
    static func run(_ ticket: FlushTicket) throws(LogError) {
        var work = FlushWork()
        work.add([ticket])
        work.run()
        try work.result(of: [ticket]).get()
    }
}

extension FlushTicket {
    /// Tells the logs of a work apart.
    fileprivate var log: ObjectIdentifier { ObjectIdentifier(epochFile) }

    /// Writes one of the producer snapshots; its name is durable with the directory. On a full disk
    /// it is left out, which costs a longer recovery and nothing else.
    fileprivate func writeSnapshot(at offset: Int64) throws(LogError) {
        guard let snapshot = snapshots.first(where: { $0.offset == offset }) else { return }
        let path = SegmentFileName(offset, .snapshot).path(in: directoryPath)
        try epochFile.ifInUse { () throws(LogError) in
            do throws(LogError) {
                try snapshot.write(to: path, disk: disk)
            } catch {
                guard error.isShortage else { throw error }
                try disk.removeFile(path)
            }
        }
    }
}
