/// One sample with its rates, as `top --once` prints it.
struct TopReport {
    let state: TopState
    let intervalMs: Int64

    /// - Parameter width: of the terminal; nil cuts nothing.
    func append(to output: OutputBuffer, _ style: OutputStyle, width: Int?) {
        switch style {
        case .human: table(state.table).appendHuman(to: output, width: width)
        case .plain: plainTable.appendPlain(to: output)
        case .json: appendJSON(to: output)
        }
    }

    /// The present view, without its curve.
    private func table(_ shown: TopTable) -> Table {
        let indices = shown.columns.indices.filter { shown.columns[$0].content != .curve }
        var table = Table(
            indices.map {
                Table.Column(
                    shown.columns[$0].title,
                    shown.columns[$0].content == .number ? .right : .left)
            })
        for row in shown.rows { table.add(indices.map { row.cells[$0] }) }
        return table
    }

    /// The same in whole numbers.
    private var plainTable: Table {
        let shown = state.table
        let indices = shown.columns.indices.filter { shown.columns[$0].content != .curve }
        var table = Table(indices.map { Table.Column(shown.columns[$0].title) })
        for row in shown.rows {
            table.add(
                indices.map { index in
                    switch row.sortKeys[index] {
                    case .text(let text): text == "-" ? "" : text
                    case .number(let number):
                        number.map { ScaledText.fixed($0, decimals: 0) } ?? ""
                    }
                })
        }
        return table
    }

    // MARK: JSON

    /// All views in one document.
    private func appendJSON(to output: OutputBuffer) {
        let sample = state.sample ?? ClusterSample(atNs: 0)
        var json = JSONWriter(output)
        json.beginObject()
        json.field("clusterId", sample.clusterID)
        json.field("intervalMs", intervalMs)
        json.name("brokers")
        json.beginArray()
        for broker in sample.brokers { append(broker, to: &json) }
        json.endArray()
        json.name("topics")
        json.beginArray()
        for topic in sample.topics { append(topic, to: &json) }
        json.endArray()
        json.name("groups")
        if let groups = sample.groups {
            json.beginArray()
            for group in groups { append(group, to: &json) }
            json.endArray()
        } else {
            json.null()
        }
        json.endObject()
        json.endLine()
    }

    private func append(_ broker: ClusterSample.Broker, to json: inout JSONWriter) {
        let rate = state.rates?.brokers[broker.id]
        json.beginObject()
        json.field("id", broker.id)
        json.field("address", broker.address)
        json.field("controller", broker.isController)
        json.optionalField("recordsPerSecond", rounded(rate?.recordsPerSecond))
        json.optionalField("bytesPerSecond", rounded(rate?.bytesPerSecond))
        json.endObject()
    }

    private func append(_ topic: ClusterSample.Topic, to json: inout JSONWriter) {
        let rate = state.rates?.topics[topic.name]
        json.beginObject()
        json.field("topic", topic.name)
        json.field("partitions", topic.partitions.count)
        json.optionalField("endOffset", topic.endOffset)
        json.optionalField("size", topic.sizeBytes)
        json.field("underReplicated", topic.underReplicatedCount)
        json.field("offline", topic.offlineCount)
        json.optionalField("recordsPerSecond", rounded(rate?.recordsPerSecond))
        json.optionalField("bytesPerSecond", rounded(rate?.bytesPerSecond))
        json.endObject()
    }

    private func append(_ group: ClusterSample.Group, to json: inout JSONWriter) {
        json.beginObject()
        json.field("group", group.name)
        json.field("state", group.state.isEmpty ? nil : group.state)
        json.optionalField("members", group.memberCount)
        json.field("topics", group.topicCount)
        json.optionalField("lag", group.lag)
        json.optionalField("lagPerSecond", rounded(state.rates?.lags[group.name]))
        json.endObject()
    }

    private func rounded(_ value: Double?) -> Int64? {
        value.flatMap { Int64(exactly: $0.rounded()) }
    }
}

extension JSONWriter {
    fileprivate mutating func optionalField(_ name: StaticString, _ value: (some BinaryInteger)?) {
        self.name(name)
        if let value { integer(value) } else { null() }
    }
}
