internal import KafkaBase
internal import Logging
internal import NIOCore

/// What the sender learns of the cluster; on its event loop.
extension ProducerSender: ClusterLinkUser {
    func connected(_ broker: Int32) {
        state.connected(broker)
    }

    func disconnected(_ broker: Int32, _ error: KafkaError?) {
        state.disconnected(broker, now: .now())
        guard let error else { return }
        client.logger.debug("producer not connected", metadata: ["reason": "\(error)"])
        unreached(error)
    }

    private func unreached(_ error: KafkaError) {
        if error.isFinalForConnections {
            state.failAll(error)
        } else {
            state.unreached(error, now: .now())
        }
    }

    func refreshed(_ names: [String], _ result: Result<ClusterMetadata, KafkaError>) -> Bool {
        switch result {
        case .failure(let error):
            unreached(error)
            return false
        case .success(let metadata):
            state.reached()
            for topic in metadata.topics {
                switch topic.error {
                case nil: take(topic)
                case .unknownTopicOrPartition?: state.missed(topic.name, now: .now())
                default: break
                }
            }
            return metadata.topics.allSatisfy { $0.error == nil }
        }
    }

    /// Takes a topic's leaders as they are now.
    func take(_ topic: ClusterMetadata.Topic) {
        guard let producer = topics[topic.name] else { return }
        for queue in producer.update(topic) {
            let leader = topic.partition(queue.partition.partition)?.leader
            state.setLeader(leader, topicID: topic.id, of: queue)
        }
    }

    /// Asks for a producer id, when the one there was is used up.
    func askIdentity() {
        guard !isAskingIdentity else { return }
        isAskingIdentity = true
        cluster.run { [client] () throws(KafkaError) in
            try await client.initProducerID()
        } then: { result in
            self.isAskingIdentity = false
            switch result {
            case .success(let identity): self.state.setIdentity(identity)
            case .failure(let error) where !error.isRetriable: self.state.failAll(error)
            case .failure: break
            }
            self.pump()
        }
    }
}
