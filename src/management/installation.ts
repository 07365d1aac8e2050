/** How this installation is set up, as its owners may see it: no secrets. */
export interface Installation {
  version: string;
  /** Whether mail leaves by SMTP, is shown in the demo's inbox, or waits. */
  mail: 'smtp' | 'inbox' | 'none';
  database: 'own' | 'embedded';
  /** Where what sessions hold besides is kept. */
  sessionStore: 'redis' | 'postgres';
  /** How many SECRET_KEYS there are. */
  secretKeys: number;
}
