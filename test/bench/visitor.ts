/** A browser at one service, wherever that listens: it keeps every cookie and follows what leads back to the service. */
export class Visitor {
  private readonly cookies = new Map<string, string>();

  /** @param baseUrl as the service calls itself @param origin where it listens */
  constructor(
    private readonly baseUrl: string,
    private readonly origin: string,
  ) {}

  /** Goes where it is sent as long as that is the service. Yields the address elsewhere. */
  async go(address: string, form?: Readonly<Record<string, string>>): Promise<string> {
    let next = await this.ask(address, form);
    for (let hops = 0; next.startsWith(`${this.baseUrl}/`); hops += 1) {
      if (hops === 10) throw new Error(`more than ten redirects, the last to ${next}`);
      next = await this.ask(next);
    }
    return next;
  }

  private async ask(address: string, form?: Readonly<Record<string, string>>): Promise<string> {
    const { pathname, search } = new URL(address, this.baseUrl);
    const reply = await fetch(this.origin + pathname + search, {
      redirect: 'manual',
      headers: { cookie: [...this.cookies].map((pair) => pair.join('=')).join('; ') },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    });
    await reply.arrayBuffer();
    for (const line of reply.headers.getSetCookie()) this.keep(line);
    const location = reply.headers.get('location');
    if (!location) throw new Error(`${pathname} answered ${reply.status}`);
    return new URL(location, this.baseUrl + pathname).href;
  }

  private keep(line: string): void {
    const [pair = ''] = line.split(';');
    const at = pair.indexOf('=');
    if (at === pair.length - 1) this.cookies.delete(pair.slice(0, at));
    else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
}
