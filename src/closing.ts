/** Does the work, and lets go afterwards, however it ended. */
export async function closing<T>(close: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await close();
  }
}
