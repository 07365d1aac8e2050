import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { availableParallelism } from 'node:os';
import { parseAddress } from './domain/web-address';

/** Everything the environment decides, parsed once and frozen. */
export interface Config {
  port: number;
  host: string;
  /** Public origin without a trailing slash. */
  baseUrl: string;
  databaseUrl?: string;
  dataDir: string;
  redisUrl?: string;
  smtpUrl?: string;
  mailFrom?: string;
  /** 32-byte keys, newest first; undefined: generated into `dataDir`. */
  secretKeys?: readonly Buffer[];
  migrations: 'auto' | 'off';
  /** Express' `trust proxy`. */
  trustProxy: boolean | number | string;
  logLevel: string;
  workers: number;
  outboundAllow: readonly string[];
  bootstrapApiKey?: string;
  metricsToken?: string;
  rateLimit: boolean;
}

/** A wrong value, one line that names the variable and what it takes. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
  }
}

/** Root of the installation: where package.json and views stand, from sources and from dist alike. */
export const root = findRoot(__dirname);

function findRoot(from: string): string {
  return existsSync(join(from, 'package.json')) ? from : findRoot(dirname(from));
}

type Environment = Readonly<Record<string, string | undefined>>;
type Parser<T> = (text: string) => T | undefined;

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];
const HOST_PORT = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):\d{1,5}$/;
const CIDR = /^[0-9a-fA-F:.]+\/\d{1,3}$/;

const wholeNumber =
  (from: number, to: number): Parser<number> =>
  (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : NaN;
    return value >= from && value <= to ? value : undefined;
  };

const oneOf =
  <T extends string>(...choices: readonly T[]): Parser<T> =>
  (text) =>
    choices.find((choice) => choice === text);

const urlWith =
  (...protocols: string[]): Parser<string> =>
  (text) => {
    const url = parseAddress(text);
    return url && protocols.includes(url.protocol) ? text : undefined;
  };

const origin: Parser<string> = (text) => {
  const url = parseAddress(text);
  const isOrigin =
    url &&
    ['http:', 'https:'].includes(url.protocol) &&
    url.pathname === '/' &&
    !url.search &&
    !url.hash &&
    !url.username;
  return isOrigin ? url.origin : undefined;
};

const keys: Parser<readonly Buffer[]> = (text) => {
  const parts = text.split(',').map((part) => part.trim());
  return parts.every((part) => /^[0-9a-fA-F]{64}$/.test(part))
    ? parts.map((part) => Buffer.from(part, 'hex'))
    : undefined;
};

const addressList: Parser<readonly string[]> = (text) => {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
  return parts.every((part) => HOST_PORT.test(part) || CIDR.test(part)) ? parts : undefined;
};

const trustProxy: Parser<boolean | number | string> = (text) => {
  if (text === 'true') return true;
  if (text === 'false') return false;
  if (/^\d{1,2}$/.test(text)) return Number(text);
  const names = text.split(',').map((part) => part.trim());
  const known = (name: string) =>
    ['loopback', 'linklocal', 'uniquelocal'].includes(name) || /^[0-9a-fA-F:.]+(\/\d{1,3})?$/.test(name);
  return names.every(known) ? names.join(',') : undefined;
};

const workers: Parser<number> = (text) => (text === 'auto' ? availableParallelism() : wholeNumber(1, 256)(text));
const anyText: Parser<string> = (text) => text;
const longText: Parser<string> = (text) => (text.length >= 32 ? text : undefined);

/**
 * Reads the environment. An empty value counts as not set.
 * @param defaults where the demo's differ
 * @throws ConfigError naming every wrong variable at once
 */
export function readConfig(
  env: Environment = process.env,
  defaults: { host?: string; logLevel?: string } = {},
): Config {
  const problems: string[] = [];
  function read<T>(name: string, takes: string, parse: Parser<T>): T | undefined;
  function read<T>(name: string, takes: string, parse: Parser<T>, fallback: T): T;
  function read<T>(name: string, takes: string, parse: Parser<T>, fallback?: T): T | undefined {
    const text = env[name]?.trim();
    if (!text) return fallback;
    const value = parse(text);
    if (value === undefined) problems.push(`${name}: takes ${takes}`);
    return value ?? fallback;
  }

  const port = read('PORT', 'a port number from 1 to 65535', wholeNumber(1, 65535), 3000);
  const config: Config = {
    port,
    host: read('HOST', 'a host name or address to listen on', anyText, defaults.host ?? '0.0.0.0'),
    baseUrl: read(
      'BASE_URL',
      'an origin such as https://login.example.com, without a path',
      origin,
      `http://localhost:${port}`,
    ),
    databaseUrl: read('DATABASE_URL', 'a postgres:// address', urlWith('postgres:', 'postgresql:')),
    dataDir: resolve(read('DATA_DIR', 'a directory', anyText, './data')),
    redisUrl: read('REDIS_URL', 'a redis:// or rediss:// address', urlWith('redis:', 'rediss:')),
    smtpUrl: read('SMTP_URL', 'an smtp:// or smtps:// address', urlWith('smtp:', 'smtps:')),
    mailFrom: read('MAIL_FROM', 'an e-mail address, or Name <address>', (text) =>
      /^[^\r\n]*@[^\r\n]+$/.test(text) ? text : undefined,
    ),
    secretKeys: read(
      'SECRET_KEYS',
      'keys of 64 hex digits (32 random bytes) each, comma-separated, newest first',
      keys,
    ),
    migrations: read('MIGRATIONS', 'auto or off', oneOf('auto', 'off'), 'auto'),
    trustProxy: read(
      'TRUST_PROXY',
      'true, false, a number of proxies, or addresses and CIDRs, comma-separated',
      trustProxy,
      false,
    ),
    logLevel: read('LOG_LEVEL', LOG_LEVELS.join(', '), oneOf(...LOG_LEVELS), defaults.logLevel ?? 'info'),
    workers: read('WORKERS', 'auto, or a number of processes from 1 to 256', workers, 1),
    outboundAllow: read('OUTBOUND_ALLOW', 'host:port or CIDR, comma-separated', addressList, []),
    bootstrapApiKey: read('BOOTSTRAP_API_KEY', '32 characters or more', longText),
    metricsToken: read('METRICS_TOKEN', 'a token', anyText),
    rateLimit: read('RATE_LIMIT', 'on or off', oneOf('on', 'off'), 'on') === 'on',
  };

  if (config.databaseUrl && !config.secretKeys && !problems.some((line) => line.startsWith('SECRET_KEYS')))
    problems.push(
      'SECRET_KEYS: required with DATABASE_URL; takes keys of 64 hex digits (32 random bytes) each, comma-separated',
    );
  if (problems.length) throw new ConfigError(problems);
  return Object.freeze(config);
}
