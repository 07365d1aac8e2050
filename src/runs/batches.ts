/** Lines that are read and evaluated at once. */
export const BATCH = 1000;

/** The same, so many at a time. */
export async function* inBatches<T>(all: AsyncIterable<T>, size = BATCH): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const one of all) {
    batch.push(one);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length) yield batch;
}
