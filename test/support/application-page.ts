import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestService } from './service';

const BRIDGE = 'https://login.example.com';
const APPLICATION = 'https://timesheets.example';

/** What a page of `docs/applications` says: it is tried as it stands there, with the addresses of the test. */
interface ApplicationPage {
  registration: Record<string, unknown>;
  /** The code blocks in this language, in order. */
  code(language: string): string[];
}

export async function readPage(name: string, bridge = BRIDGE, application = APPLICATION): Promise<ApplicationPage> {
  const text = await readFile(join(__dirname, '../../docs/applications', `${name}.md`), 'utf8');
  const here = text.replaceAll(BRIDGE, bridge).replaceAll(APPLICATION, application);
  const code = (language: string) =>
    [...here.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(([, block]) => block ?? '');
  return { code, registration: JSON.parse(code('json')[0] ?? '') as ApplicationPage['registration'] };
}

/** Registers the application of a page as the page says. */
export async function followPage(name: string, service: TestService, origin: string) {
  const page = await readPage(name, service.baseUrl, origin);
  const client = await service.api<{ clientId: string; clientSecret: string }>(
    'POST',
    '/applications',
    page.registration,
  );
  return { ...page, ...client };
}

/** An application that was not written here. */
export interface RealApplication {
  origin: string;
  pid: number;
  /** Where its own page lets people sign out. */
  signOutUrl: string;
  /** What it wrote. */
  output(): Promise<string>;
  stop(): Promise<void>;
}
