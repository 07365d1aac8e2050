import type { SecretBox } from './secret-box';
import type { Transaction } from './rows';
import { row } from './rows';

const PLACE = { organizationId: null, column: 'installation.key_check' };

/**
 * Holds the keys against the check stored with the first start: a start with the wrong SECRET_KEYS would only be
 * noticed when the first secret does not open. Yields whether they fit; re-seals with the newest key after a rotation.
 */
export async function keysFit(tx: Transaction, box: SecretBox): Promise<boolean> {
  const sealed = box.seal('drawbridge', PLACE);
  await tx.query(`INSERT INTO installation (name, value) VALUES ('key_check', $1) ON CONFLICT DO NOTHING`, [sealed]);
  const stored = await row<{ value: string }>(tx, `SELECT value FROM installation WHERE name = 'key_check'`);
  try {
    box.open(stored?.value ?? '', PLACE);
  } catch {
    return false;
  }
  if (!stored?.value.startsWith(`${box.keyId}.`))
    await tx.query(`UPDATE installation SET value = $1 WHERE name = 'key_check'`, [sealed]);
  return true;
}
