/** Why an address was not reached, or its answer not taken. Stable: shown to admins and told apart by programs. */
export type OutboundCode =
  'not_https' | 'address_refused' | 'unreachable' | 'timeout' | 'too_large' | 'bad_status' | 'redirected';

export interface OutboundFailure {
  ok: false;
  code: OutboundCode;
  /** One sentence for the admin who typed the address; never an address that only our own network knows. */
  message: string;
  status?: number;
}

const MESSAGES: Readonly<Record<OutboundCode, string>> = {
  not_https: 'The address must begin with https://.',
  address_refused: 'The address leads into a private or reserved network, or is not a plain web address.',
  unreachable: 'No answer could be had from the address.',
  timeout: 'The address took too long to answer.',
  too_large: 'The answer is larger than is accepted.',
  bad_status: 'The address answered with an error.',
  redirected: 'The address answered with a redirect; enter the address it leads to.',
};

/** @param message replaces the code's own sentence where more is known */
export const failure = (code: OutboundCode, message: string = MESSAGES[code], status?: number): OutboundFailure => ({
  ok: false,
  code,
  message,
  ...(status === undefined ? {} : { status }),
});

/** The same failure as `fetch` must tell it: by rejecting. */
export class OutboundError extends Error {
  readonly code: OutboundCode;

  constructor({ code, message }: OutboundFailure) {
    super(message);
    this.name = 'OutboundError';
    this.code = code;
  }
}
