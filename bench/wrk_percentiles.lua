-- wrk's own summary leaves out the 95th percentile.
done = function(summary, latency, requests)
   local errors = summary.errors
   io.write(string.format("RESULT %f %f %f %d\n",
      summary.requests / (summary.duration / 1e6),
      latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
      errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
