/** Who holds a DATA_DIR. */
export interface Holder {
  readonly owner: string;
  readonly pid: number;
  /** true: a service, which stays; false: a command, which is done soon. */
  readonly lasting: boolean;
}

/** The embedded Postgres cannot run. The message is one line for whoever starts the program. */
export class EmbeddedPostgresError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'EmbeddedPostgresError';
  }
}

/** Somebody else holds the directory. The message is one line: which directory, who, and what to do. */
export class DataDirInUseError extends EmbeddedPostgresError {
  constructor(dataDir: string, holder: Holder | undefined) {
    const who = holder
      ? `the ${holder.owner} with process id ${holder.pid}`
      : 'another process, whose Postgres does not answer';
    super(`DATA_DIR ${dataDir} is in use by ${who}: stop that process first, or choose another DATA_DIR.`);
    this.name = 'DataDirInUseError';
  }
}
