/** The provider cannot be asked to sign anyone in now: unreachable, or not what the settings say. Thrown by `begin`. */
export class ConnectionUnavailable extends Error {
  readonly code = 'connection_unavailable';

  /** @param rule what failed, as in the checks; @param detail for the trace and the log, never for the person */
  constructor(
    readonly rule: string,
    readonly detail: string,
  ) {
    super(`${rule}: ${detail}`);
    this.name = 'ConnectionUnavailable';
  }
}
