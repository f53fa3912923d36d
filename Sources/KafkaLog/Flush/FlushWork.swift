/// The syncs of some tickets, each file and directory once, in the order in which they were asked
/// for, so that a simulation repeats.
struct FlushWork {
    /// What is to be written in the directory of one log. By log, not by path: a deleted one's may
    /// be another's already.
    private struct LogWork {
        var snapshots: [(offset: Int64, ticket: FlushTicket)] = []
        /// The newest ticket that wants its epochs written, one that wants the directory synced.
        var epochs: FlushTicket?
        var directory: FlushTicket?
        var error: LogError?

        mutating func add(_ ticket: FlushTicket) {
            for snapshot in ticket.snapshots
            where !snapshots.contains(where: { $0.offset == snapshot.offset }) {
                snapshots.append((snapshot.offset, ticket))
            }
            if ticket.directory != nil { directory = ticket }
            if ticket.epochs != nil, epochs?.sequence ?? -1 < ticket.sequence { epochs = ticket }
        }

        func run() throws(LogError) {
            for (offset, ticket) in snapshots { try ticket.writeSnapshot(at: offset) }
            if let epochs {
                do throws(LogError) {
                    // Replacing the checkpoint syncs its directory.
                    return try epochs.epochFile.write(
                        epochs.epochs ?? LeaderEpochCache(), sequence: epochs.sequence)
                } catch {
                    // The batches tell their epochs to a recovery, so on a full disk they are safe
                    // without; the log has the checkpoint written with a later ticket.
                    guard error.isShortage else { throw error }
                }
            }
            guard let directory = directory ?? epochs else { return }
            do throws(LogError) {
                try directory.disk.syncDirectory(directory.directoryPath)
            } catch {
                // Of a log that was deleted meanwhile nothing has to stay.
                if !directory.epochFile.isRetired { throw error }
            }
        }
    }

    private var files: [any DiskFile] = []
    private var knownFiles: Set<ObjectIdentifier> = []
    private var fileErrors: [ObjectIdentifier: LogError] = [:]
    private var logs: [LogWork] = []
    private var logIndexes: [ObjectIdentifier: Int] = [:]

    mutating func add(_ tickets: [FlushTicket]) {
        for ticket in tickets {
            for file in ticket.files where knownFiles.insert(ObjectIdentifier(file)).inserted {
                files.append(file)
            }
            let index = logIndexes[ticket.log] ?? logs.count
            if index == logs.count {
                logIndexes[ticket.log] = index
                logs.append(LogWork())
            }
            logs[index].add(ticket)
        }
    }

    /// Blocks until all is done or failed.
    mutating func run() {
        for file in files {
            do throws(LogError) {
                try file.sync()
            } catch {
                fileErrors[ObjectIdentifier(file)] = error
            }
        }
        for index in logs.indices {
            do throws(LogError) {
                try logs[index].run()
            } catch {
                logs[index].error = error
            }
        }
    }

    /// Marks the log directory failed when one of the syncs was.
    func result(of tickets: [FlushTicket]) -> Result<Void, LogError> {
        for ticket in tickets {
            for file in ticket.files {
                guard let error = fileErrors[ObjectIdentifier(file)] else { continue }
                ticket.health.fail(error)
                return .failure(error)
            }
            if let index = logIndexes[ticket.log], let error = logs[index].error {
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
