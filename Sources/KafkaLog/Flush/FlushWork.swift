/// The syncs of some tickets, each file and directory once.
struct FlushWork {
    private var files: [ObjectIdentifier: any DiskFile] = [:]
    private var fileErrors: [ObjectIdentifier: LogError] = [:]
    /// By directory: the newest ticket that wants its epochs written, and whether to sync it.
    private var epochs: [String: FlushTicket] = [:]
    private var directories: [String: any Disk] = [:]
    private var directoryErrors: [String: LogError] = [:]

    mutating func add(_ tickets: [FlushTicket]) {
        for ticket in tickets {
            for file in ticket.files { files[ObjectIdentifier(file)] = file }
            if let directory = ticket.directory { directories[directory] = ticket.disk }
            if ticket.epochs != nil, epochs[ticket.directoryPath]?.sequence ?? -1 < ticket.sequence
            {
                epochs[ticket.directoryPath] = ticket
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
        for (path, ticket) in epochs {
            do throws(LogError) {
                try ticket.epochFile.write(
                    ticket.epochs ?? LeaderEpochCache(), sequence: ticket.sequence)
            } catch {
                directoryErrors[path] = error
            }
        }
        // Replacing the checkpoint has synced its directory.
        for (path, disk) in directories where epochs[path] == nil {
            do throws(LogError) {
                try disk.syncDirectory(path)
            } catch {
                directoryErrors[path] = error
            }
        }
    }

    /// Marks the log directory failed when one of the syncs was.
    func result(of tickets: [FlushTicket]) -> Result<Void, LogError> {
        for ticket in tickets {
            var error = directoryErrors[ticket.directoryPath]
            for file in ticket.files { error = error ?? fileErrors[ObjectIdentifier(file)] }
            if let error {
                ticket.health.fail(error)
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
