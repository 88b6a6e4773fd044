// Answers a request of the view that is told no more than that it was done.
export async function acknowledge(work: Promise<unknown>): Promise<Record<string, never>> {
  await work;
  return {};
}
