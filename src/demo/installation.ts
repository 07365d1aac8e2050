import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from '../config';

const Installation = z.object({
  /** Part of the sample identity provider's issuer and entity id, so that it stays what it was at the first start. */
  sampleIdpPort: z.number().int().min(1).max(65_535),
  /** Where the service was last; the addresses of its connections begin with it. */
  baseUrl: z.string(),
  /** The sample application's, which its registration names; absent in what an earlier release left. */
  sampleApplication: z.object({ port: z.number().int().min(1).max(65_535), clientSecret: z.string() }).optional(),
  /** For trying the management API. */
  apiKey: z.string().optional(),
  /** The sample organizations were there once; what people did to them since is kept. */
  seeded: z.boolean(),
});

/** What makes a DATA_DIR a demo's, kept in `demo.json`, readable by the owner only. */
export type DemoInstallation = z.infer<typeof Installation>;

const SAMPLE_IDP_HOST = '127.0.0.1';
const fileIn = (dataDir: string): string => join(dataDir, 'demo.json');

/** Undefined where no demo ever ran. */
export async function readInstallation(dataDir: string): Promise<DemoInstallation | undefined> {
  const text = await readFile(fileIn(dataDir), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : Installation.parse(JSON.parse(text));
}

export async function saveInstallation(dataDir: string, installation: DemoInstallation): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  // Renamed into place: a start that is killed in between leaves no half-written file.
  await writeFile(`${fileIn(dataDir)}.new`, JSON.stringify(installation), { mode: 0o600 });
  await rename(`${fileIn(dataDir)}.new`, fileIn(dataDir));
}

/** The environment as the demo has it: outbound calls may reach its sample identity provider. Elsewhere as it is. */
export async function allowSampleIdp(config: Config): Promise<Config> {
  const installation = await readInstallation(config.dataDir).catch(() => undefined);
  if (!installation) return config;
  const { sampleIdpPort, sampleApplication } = installation;
  return allowPorts(config, [sampleIdpPort, ...(sampleApplication ? [sampleApplication.port] : [])]);
}

export const allowPorts = (config: Config, ports: readonly number[]): Config => ({
  ...config,
  outboundAllow: [...config.outboundAllow, ...ports.map((port) => `${SAMPLE_IDP_HOST}:${port}`)],
});

/** Runs on an empty DATA_DIR that is gone afterwards. */
export async function withEphemeralData<T>(work: (dataDir: string) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'drawbridge-demo-'));
  try {
    // Postgres, which never runs as root, has to pass through.
    await chmod(dataDir, 0o711);
    return await work(dataDir);
  } finally {
    await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
  }
}
