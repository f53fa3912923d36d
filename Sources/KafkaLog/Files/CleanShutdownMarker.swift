/// `.kafka_cleanshutdown`: says that everything was flushed before the last owner ended. Deleted
/// before loading, so that a crash while loading counts as unclean.
enum CleanShutdownMarker {
    static let name = ".kafka_cleanshutdown"

    static func exists(disk: any Disk, directory: String) throws(LogError) -> Bool {
        try disk.fileSize(directory + "/" + name) != nil
    }

    /// Durable when it returns. Blocks.
    static func write(disk: any Disk, directory: String) throws(LogError) {
        try disk.replace(
            directory + "/" + name, with: Array("{\"version\":0,\"brokerEpoch\":-1}".utf8))
    }

    /// Durable when it returns. Blocks.
    static func remove(disk: any Disk, directory: String) throws(LogError) {
        try disk.removeFile(directory + "/" + name)
        try disk.syncDirectory(directory)
    }
}
