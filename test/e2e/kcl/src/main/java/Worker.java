import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.kinesis.KinesisAsyncClient;
import software.amazon.kinesis.common.ConfigsBuilder;
import software.amazon.kinesis.common.InitialPositionInStream;
import software.amazon.kinesis.common.InitialPositionInStreamExtended;
import software.amazon.kinesis.common.KinesisClientUtil;
import software.amazon.kinesis.coordinator.Scheduler;
import software.amazon.kinesis.exceptions.KinesisClientLibException;
import software.amazon.kinesis.lifecycle.events.InitializationInput;
import software.amazon.kinesis.lifecycle.events.LeaseLostInput;
import software.amazon.kinesis.lifecycle.events.ProcessRecordsInput;
import software.amazon.kinesis.lifecycle.events.ShardEndedInput;
import software.amazon.kinesis.lifecycle.events.ShutdownRequestedInput;
import software.amazon.kinesis.processor.RecordProcessorCheckpointer;
import software.amazon.kinesis.processor.ShardRecordProcessor;
import software.amazon.kinesis.processor.SingleStreamTracker;
import software.amazon.kinesis.retrieval.KinesisClientRecord;
import software.amazon.kinesis.retrieval.polling.PollingConfig;

/**
 * One worker of an application. It says on standard output what happens to it, one line each, and ends with standard input.
 *
 * <p>Arguments: endpoint, access key id, application, stream, worker, "polling" or "fanout".
 */
public final class Worker {
  private static final PrintStream OUT = new PrintStream(System.out, false, StandardCharsets.UTF_8);

  private static synchronized void say(String... words) {
    OUT.println(String.join("\t", words));
    OUT.flush();
  }

  public static void main(String[] args) throws Exception {
    URI endpoint = URI.create(args[0]);
    String application = args[2];
    String stream = args[3];
    String worker = args[4];
    boolean polling = args[5].equals("polling");
    var credentials = StaticCredentialsProvider.create(AwsBasicCredentials.create(args[1], "secret"));

    KinesisAsyncClient kinesis = KinesisClientUtil.createKinesisAsyncClient(
        KinesisAsyncClient.builder().endpointOverride(endpoint).region(Region.US_EAST_1).credentialsProvider(credentials));
    DynamoDbAsyncClient dynamo =
        DynamoDbAsyncClient.builder().endpointOverride(endpoint).region(Region.US_EAST_1).credentialsProvider(credentials).build();
    CloudWatchAsyncClient cloudWatch =
        CloudWatchAsyncClient.builder().endpointOverride(endpoint).region(Region.US_EAST_1).credentialsProvider(credentials).build();

    var tracker = new SingleStreamTracker(
        stream, InitialPositionInStreamExtended.newInitialPosition(InitialPositionInStream.TRIM_HORIZON));
    var configs = new ConfigsBuilder(tracker, application, kinesis, dynamo, cloudWatch, worker, Processor::new);
    var retrieval = configs.retrievalConfig();
    if (polling) {
      retrieval.retrievalSpecificConfig(
          new PollingConfig(stream, kinesis).idleTimeBetweenReadsInMillis(300).usePollingConfigIdleTimeValue(true));
    }
    // Everything that is slow for a test by default.
    var leases = configs.leaseManagementConfig()
        .failoverTimeMillis(4000)
        .leaseAssignmentIntervalMillis(2000L)
        .shardSyncIntervalMillis(2000)
        .leasesRecoveryAuditorExecutionFrequencyMillis(5000)
        .dynamoDbLockBasedLeaderLeaseDurationInMillis(8000)
        .dynamoDbLockBasedLeaderHeartbeatPeriodInMillis(2000);
    leases.workerUtilizationAwareAssignmentConfig()
        .inMemoryWorkerMetricsCaptureFrequencyMillis(500)
        .workerMetricsReporterFreqInMillis(1000)
        .varianceBalancingFrequency(1);
    var coordinator = configs.coordinatorConfig().parentShardPollIntervalMillis(500);

    Scheduler scheduler = new Scheduler(
        configs.checkpointConfig(), coordinator, leases, configs.lifecycleConfig(), configs.metricsConfig(), configs.processorConfig(), retrieval);
    Thread running = new Thread(scheduler);
    running.start();
    while (System.in.read() >= 0) {
      // until whoever started this closes it
    }
    scheduler.startGracefulShutdown().get(60, TimeUnit.SECONDS);
    say("stopped");
    System.exit(0);
  }

  private static final class Processor implements ShardRecordProcessor {
    private String shard;

    @Override
    public void initialize(InitializationInput input) {
      shard = input.shardId();
      say("begin", shard, input.extendedSequenceNumber().toString());
    }

    @Override
    public void processRecords(ProcessRecordsInput input) {
      for (KinesisClientRecord r : input.records()) {
        say("record", shard, r.partitionKey(), StandardCharsets.UTF_8.decode(r.data()).toString());
      }
      checkpoint(input.checkpointer());
    }

    @Override
    public void leaseLost(LeaseLostInput input) {
      say("lost", shard);
    }

    @Override
    public void shardEnded(ShardEndedInput input) {
      say("end", shard);
      checkpoint(input.checkpointer());
    }

    @Override
    public void shutdownRequested(ShutdownRequestedInput input) {
      checkpoint(input.checkpointer());
      say("lost", shard); // it is handed over
    }

    private void checkpoint(RecordProcessorCheckpointer checkpointer) {
      try {
        checkpointer.checkpoint();
      } catch (KinesisClientLibException e) {
        say("not checkpointed", shard, String.valueOf(e.getMessage())); // it is processed again
      }
    }
  }
}
