import addressparser from 'nodemailer/lib/addressparser';

/** The address that letters come from: MAIL_FROM's, whatever name stands beside it, or `no-reply` at the host of BASE_URL. */
export function senderAddress(mailFrom: string | undefined, baseUrl: string): string {
  const [named] = addressparser(mailFrom ?? '', { flatten: true });
  return named?.address || `no-reply@${new URL(baseUrl).hostname}`;
}

/** The right side of Message-IDs (RFC 5322 3.6.4). */
export function senderHost(mailFrom: string | undefined, baseUrl: string): string {
  const address = senderAddress(mailFrom, baseUrl);
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}
