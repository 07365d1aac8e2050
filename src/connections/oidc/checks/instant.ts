/** NumericDate (RFC 7519 2) as the trace shows it; what lies outside the calendar stays a number. */
export function instant(seconds: number): string {
  const date = new Date(Math.floor(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString();
}
