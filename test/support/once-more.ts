/**
 * In CI a failed test is tried once more, with its first error printed: the suite drives dozens of real processes on two
 * cores, and a machine that hesitates is no defect. One that fails twice fails.
 */
if (process.env.CI === 'true') jest.retryTimes(1, { logErrorsBeforeRetry: true });
