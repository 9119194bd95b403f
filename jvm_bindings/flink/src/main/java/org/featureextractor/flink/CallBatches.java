package org.featureextractor.flink;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.table.data.RowData;
import org.featureextractor.Extraction;

/**
 * Collects calls into batches. While a thread computes one batch, the next one fills: so batches grow with the load, no timer is needed,
 * and a single call waits for nothing.
 */
final class CallBatches {
  /** The calls of a batch, and where their rows end. */
  private static final class Pending implements AutoCloseable {
    final MiniBatch batch;
    final List<CompletableFuture<Object>> results = new ArrayList<>();
    final List<Integer> rows = new ArrayList<>();

    Pending(MiniBatch batch) {
      this.batch = batch;
    }

    boolean isFull() {
      int calls = results.size();
      return calls >= MOST_CALLS
          || calls > 0 && calls % CALLS_BETWEEN_LOOKS_AT_BYTES == 0 && batch.sizeInBytes() >= MOST_BYTES;
    }

    @Override
    public void close() {
      batch.close();
    }
  }

  private static final int MOST_CALLS = 1_024;
  private static final long MOST_BYTES = ExtractionOptions.DEFAULT.batchBytes();
  private static final int CALLS_BETWEEN_LOOKS_AT_BYTES = 16;

  private final CallSite site;
  private final MemoryLimit memory;
  private final ExtractionMetrics metrics;
  private final Thread worker;
  private Pending filling;
  private Pending other;
  private boolean isClosed;

  CallBatches(CallSite site, MemoryLimit memory, ExtractionMetrics metrics) {
    this.site = site;
    this.memory = memory;
    this.metrics = metrics;
    filling = new Pending(site.newBatch(memory));
    try {
      other = new Pending(site.newBatch(memory));
    } catch (RuntimeException | Error failure) {
      filling.close();
      throw failure;
    }
    metrics.uses(filling.batch.extractor().digest());
    worker = new Thread(this::work, "fx_extract");
    worker.setDaemon(true);
    worker.start();
  }

  synchronized void add(RowData row, CompletableFuture<Object> result) {
    try {
      while (filling.isFull()) {
        wait();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      result.completeExceptionally(interrupted);
      return;
    }
    try {
      filling.rows.add(site.add(filling.batch, row));
      filling.results.add(result);
    } catch (RuntimeException failure) {
      result.completeExceptionally(memory.explained(failure));
      return;
    }
    if (filling.results.size() == 1) {
      notifyAll();
    }
  }

  private synchronized Pending next() throws InterruptedException {
    while (filling.results.isEmpty()) {
      if (isClosed) {
        return null;
      }
      wait();
    }
    Pending full = filling;
    filling = other;
    other = full;
    notifyAll();
    return full;
  }

  private void work() {
    try {
      for (Pending pending = next(); pending != null; pending = next()) {
        compute(pending);
        pending.results.clear();
        pending.rows.clear();
        pending.batch.reset();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void compute(Pending pending) {
    FeatureBatch features;
    try (Extraction extraction = pending.batch.extract()) {
      features = new FeatureBatch(extraction, null);
      metrics.count(extraction, pending.batch.extractor().inputs().size(), memory.held());
    } catch (RuntimeException failure) {
      RuntimeException explained = memory.explained(failure);
      pending.results.forEach(result -> result.completeExceptionally(explained));
      return;
    } catch (Error failure) {
      pending.results.forEach(result -> result.completeExceptionally(failure));
      return;
    }
    int begin = 0;
    for (int i = 0; i < pending.results.size(); ++i) {
      int count = pending.rows.get(i);
      pending.results.get(i).complete(site.result(features, begin, count));
      begin += count;
    }
  }

  void close() throws InterruptedException {
    synchronized (this) {
      isClosed = true;
      notifyAll();
    }
    worker.join();
    filling.close();
    other.close();
  }
}
