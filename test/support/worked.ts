// Time by what this thread worked: what other programs and threads took of a busy machine does not count.

/** Milliseconds that this thread has worked so far. */
export function worked(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
