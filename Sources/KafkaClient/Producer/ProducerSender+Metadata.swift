internal import KafkaBase
internal import NIOCore

/// What the sender asks of the cluster itself; on its event loop.
extension ProducerSender {
    /// Takes a topic's leaders as they are now.
    func take(_ topic: ClusterMetadata.Topic) {
        guard let producer = topics[topic.name] else { return }
        for queue in producer.update(topic) {
            let leader = topic.partition(queue.partition.partition)?.leader
            state.setLeader(leader, topicID: topic.id, of: queue)
        }
    }

    /// Asks for the leaders of topics that are found to have moved, once at a time.
    func refreshMetadata() {
        guard !staleTopics.isEmpty, !isRefreshing else { return }
        isRefreshing = true
        let names = staleTopics.sorted()
        staleTopics = []
        let pause = refreshBackoff.nextMs()
        state.reaching(now: .now())
        Task {
            let result: Result<ClusterMetadata, KafkaError>
            do throws(KafkaError) {
                result = .success(try await client.fetchMetadata(names, autoCreate: false))
            } catch {
                result = .failure(error)
            }
            eventLoop.execute { self.refreshed(result, pauseMs: pause) }
        }
    }

    private func refreshed(_ result: Result<ClusterMetadata, KafkaError>, pauseMs: Int) {
        switch result {
        case .failure(let error): state.unreached(error, now: .now())
        case .success(let metadata):
            state.reached()
            metadataAt = .now()
            for topic in metadata.topics where topic.error == nil { take(topic) }
            if metadata.topics.allSatisfy({ $0.error == nil }) { refreshBackoff.reset() }
        }
        // Not again before a pause, however stale things are.
        eventLoop.scheduleTask(in: .milliseconds(Int64(pauseMs))) {
            self.isRefreshing = false
            self.pump()
        }
        pump()
    }

    /// Asks for a producer id, when the one there was is used up.
    func askIdentity() {
        guard !isAskingIdentity else { return }
        isAskingIdentity = true
        Task {
            let result: Result<ProducerIdentity, KafkaError>
            do throws(KafkaError) {
                result = .success(try await client.initProducerID())
            } catch {
                result = .failure(error)
            }
            eventLoop.execute {
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
}
