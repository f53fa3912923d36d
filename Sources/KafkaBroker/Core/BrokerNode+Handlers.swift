extension BrokerNode {
    /// Every API that is served.
    func makeTable() -> ApiTable {
        let handlers =
            records + cluster + topics + configs + acls + users + groupMembership + consumerGroups
            + groupOffsets + transactional
        let versions = ApiVersionsHandler(besides: ApiTable(handlers)) { [self] in features }
        return ApiTable(handlers + [versions])
    }

    private var records: [any ApiHandler] {
        [
            ProduceHandler(node: self), FetchHandler(node: self), ListOffsetsHandler(node: self),
            OffsetForLeaderEpochHandler(node: self), DeleteRecordsHandler(node: self),
            InitProducerIdHandler(node: self),
        ]
    }

    private var cluster: [any ApiHandler] {
        [
            MetadataHandler(node: self), FindCoordinatorHandler(node: self),
            DescribeClusterHandler(node: self), DescribeLogDirsHandler(node: self),
            AlterReplicaLogDirsHandler(node: self), DescribeQuorumHandler(node: self),
            UpdateFeaturesHandler(node: self),
            SaslHandshakeHandler(), SaslAuthenticateHandler(),
        ]
    }

    private var topics: [any ApiHandler] {
        [
            CreateTopicsHandler(node: self), DeleteTopicsHandler(node: self),
            CreatePartitionsHandler(node: self), DescribeTopicPartitionsHandler(node: self),
            ElectLeadersHandler(node: self), AlterPartitionReassignmentsHandler(node: self),
            ListPartitionReassignmentsHandler(),
        ]
    }

    private var configs: [any ApiHandler] {
        [
            DescribeConfigsHandler(node: self), AlterConfigsHandler(node: self),
            IncrementalAlterConfigsHandler(node: self), ListConfigResourcesHandler(node: self),
            DescribeClientQuotasHandler(node: self), AlterClientQuotasHandler(node: self),
        ]
    }

    private var users: [any ApiHandler] {
        [
            DescribeUserScramCredentialsHandler(node: self),
            AlterUserScramCredentialsHandler(node: self),
        ]
    }

    private var acls: [any ApiHandler] {
        [
            DescribeAclsHandler(node: self), CreateAclsHandler(node: self),
            DeleteAclsHandler(node: self),
        ]
    }

    private var groupMembership: [any ApiHandler] {
        [
            JoinGroupHandler(node: self), SyncGroupHandler(node: self),
            HeartbeatHandler(node: self), LeaveGroupHandler(node: self),
            DescribeGroupsHandler(node: self), ListGroupsHandler(node: self),
            DeleteGroupsHandler(node: self),
        ]
    }

    private var consumerGroups: [any ApiHandler] {
        [ConsumerGroupHeartbeatHandler(node: self), ConsumerGroupDescribeHandler(node: self)]
    }

    private var groupOffsets: [any ApiHandler] {
        [
            OffsetCommitHandler(node: self), OffsetFetchHandler(node: self),
            OffsetDeleteHandler(node: self),
        ]
    }

    private var transactional: [any ApiHandler] {
        [
            AddPartitionsToTxnHandler(node: self), AddOffsetsToTxnHandler(node: self),
            TxnOffsetCommitHandler(node: self), EndTxnHandler(node: self),
            WriteTxnMarkersHandler(node: self), DescribeTransactionsHandler(node: self),
            ListTransactionsHandler(node: self), DescribeProducersHandler(node: self),
        ]
    }
}
