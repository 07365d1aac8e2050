import type { KoaContextWithOIDC } from 'oidc-provider';
import type { ApplicationId } from '../domain/ids';
import { touchApplication, touchSecret } from '../storage/applications';
import { ownOf } from './client';
import type { BridgeDeps } from './deps';

const MINUTE_MS = 60_000;
const REMEMBERED = 1000;

/** When an application was used last, and by which secret: once a minute at most. Nobody waits for it. */
export function useNotes({ db, now, log }: Pick<BridgeDeps, 'db' | 'now' | 'log'>) {
  const noted = new Map<string, number>();
  const note = (what: string, write: (at: Date) => Promise<void>): void => {
    const at = now();
    if (at.getTime() - (noted.get(what) ?? -Infinity) < MINUTE_MS) return;
    if (noted.size >= REMEMBERED) noted.clear();
    noted.set(what, at.getTime());
    write(at).catch((error: unknown) => log.warn({ err: error }, 'the use of an application was not noted'));
  };
  return {
    use({ oidc: { client } }: KoaContextWithOIDC): void {
      if (!client) return;
      const { application } = ownOf(client);
      note(application, (at) => touchApplication(db.manager, application, at));
    },
    secret: (application: ApplicationId, hash: Buffer): void =>
      note(`${application} ${hash.toString('hex')}`, (at) => touchSecret(db.manager, application, hash, at)),
  };
}
