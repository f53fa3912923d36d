internal import KafkaBase
internal import KafkaClient

extension ClusterReport {
    func append(to output: OutputBuffer, _ style: OutputStyle, width: Int?) {
        switch style {
        case .json: appendJSON(to: output)
        case .plain: brokers.append(cluster.brokers, to: output, .plain, width: nil)
        case .human: appendHuman(to: output, width: width)
        }
    }

    private func appendHuman(to output: OutputBuffer, width: Int?) {
        output.append("Cluster \(cluster.clusterID ?? "-")")
        output.append(", controller \(cluster.controllerID.map { "\($0)" } ?? "-")")
        output.append(", \(Counted.text(cluster.brokers.count, "broker"))\n\n")
        brokers.append(cluster.brokers, to: output, .human, width: width)
        if let directories, !directories.isEmpty {
            output.append("\nLog directories:\n" as StaticString)
            ClusterReport.directoryLayout.append(directories, to: output, .human, width: width)
        }
        if let features, !features.isEmpty {
            output.append("\nFeatures:\n" as StaticString)
            ClusterReport.featureLayout.append(features, to: output, .human, width: width)
        }
        if let quorum {
            output.append("\nMetadata quorum: leader \(quorum.leaderID.map { "\($0)" } ?? "-")")
            output.append(", epoch \(quorum.leaderEpoch)")
            output.append(", high watermark \(quorum.highWatermark)\n")
            let replicas =
                quorum.voters.map { ("voter", $0) } + quorum.observers.map { ("observer", $0) }
            ClusterReport.quorumLayout.append(replicas, to: output, .human, width: width)
        }
    }

    private func appendJSON(to output: OutputBuffer) {
        var json = JSONWriter(output)
        json.beginObject()
        json.field("clusterId", cluster.clusterID)
        json.name("controller")
        Cell.optional(cluster.controllerID).append(to: &json)
        json.name("brokers")
        brokers.append(cluster.brokers, to: &json)
        json.name("features")
        if let features {
            ClusterReport.featureLayout.append(features, to: &json)
        } else {
            json.null()
        }
        json.name("quorum")
        appendQuorum(to: &json)
        json.name("logDirs")
        if let directories {
            ClusterReport.directoryLayout.append(directories, to: &json)
        } else {
            json.null()
        }
        json.endObject()
        json.endLine()
    }

    private func appendQuorum(to json: inout JSONWriter) {
        guard let quorum else { return json.null() }
        json.beginObject()
        json.name("leader")
        Cell.optional(quorum.leaderID).append(to: &json)
        json.field("leaderEpoch", quorum.leaderEpoch)
        json.field("highWatermark", quorum.highWatermark)
        json.name("voters")
        ClusterReport.quorumLayout.append(quorum.voters.map { ("voter", $0) }, to: &json)
        json.name("observers")
        ClusterReport.quorumLayout.append(quorum.observers.map { ("observer", $0) }, to: &json)
        json.endObject()
    }

    private var brokers: RowLayout<ClusterDescription.Broker> {
        let controller = cluster.controllerID
        return RowLayout(columns: [
            .number("BROKER", "id") { .int($0.id) },
            // Port 0 is a broker's that is reached by its socket alone: an embedded one.
            .text("HOST", "host") { $0.port == 0 ? .missing : .text($0.host) },
            .number("PORT", "port") { $0.port == 0 ? .missing : .int($0.port) },
            .text("RACK", "rack") { .optional($0.rack) },
            .text("CONTROLLER", "controller") { .bool($0.id == controller) },
            .text(nil, "fenced") { .bool($0.isFenced) },
            .number("LOG-SIZE", "logSize") { .optional(logBytes(of: $0.id)) },
        ])
    }

    private static var directoryLayout: RowLayout<Directory> {
        RowLayout(columns: [
            .number("BROKER", "broker") { .int($0.broker) },
            .text("PATH", "path") { .text($0.directory.path) },
            .number("PARTITIONS", "partitions") { .int($0.directory.replicas.count) },
            .number("SIZE", "size") { .int($0.directory.sizeBytes) },
            .number("USABLE", "usableBytes") { .optional($0.directory.usableBytes) },
            .number("TOTAL", "totalBytes") { .optional($0.directory.totalBytes) },
            .text("ERROR", "error") {
                .optional(($0.directory.error?.errorCode).map { "\($0)" })
            },
        ])
    }

    private static var featureLayout: RowLayout<ClusterFeature> {
        RowLayout(columns: [
            .text("FEATURE", "name") { .text($0.name) },
            .number("MIN", "minVersion") { .optional($0.supported?.lowerBound) },
            .number("MAX", "maxVersion") { .optional($0.supported?.upperBound) },
            .number("LEVEL", "finalizedLevel") { .optional($0.finalizedLevel) },
        ])
    }

    private static var quorumLayout: RowLayout<(role: String, replica: QuorumDescription.Replica)> {
        RowLayout(columns: [
            .number("NODE", "id") { .int($0.replica.id) },
            .text("ROLE", nil) { .text($0.role) },
            .number("LOG-END-OFFSET", "logEndOffset") { .int($0.replica.logEndOffset) },
            .number(nil, "lastFetchTimestamp") { .optional($0.replica.lastFetchTimestampMs) },
            .number(nil, "lastCaughtUpTimestamp") {
                .optional($0.replica.lastCaughtUpTimestampMs)
            },
        ])
    }
}
