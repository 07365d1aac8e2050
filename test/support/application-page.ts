import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestService } from './service';

/** What a page of `docs/applications` says, for an application at another address: it is tried as it stands there. */
export interface ApplicationPage {
  /** The code blocks in this language, in order. */
  code(language: string): string[];
  clientId: string;
  clientSecret: string;
}

/** Registers the application of a page as the page says. */
export async function followPage(name: string, service: TestService, origin: string): Promise<ApplicationPage> {
  const text = await readFile(join(__dirname, '../../docs/applications', `${name}.md`), 'utf8');
  const here = text
    .replaceAll('https://login.example.com', service.baseUrl)
    .replaceAll('https://timesheets.example', origin);
  const code = (language: string) =>
    [...here.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(([, block]) => block ?? '');
  const registration = JSON.parse(code('json')[0] ?? '') as object;
  const made = await service.api<{ clientId: string; clientSecret: string }>('POST', '/applications', registration);
  return { code, ...made };
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
